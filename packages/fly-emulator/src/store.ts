import type { AppRecord, MachineRecord, SnapshotRecord, State, TokenRecord, VolumeRecord } from './records.js';
import type { Change } from './state/changes.js';
import { createIndexes, type OrgUse } from './state/indexes.js';

export type { Change } from './state/changes.js';

/** All state in one place, and who wants to know when it changes. */
export interface Store {
  readonly state: State;
  app(name: string): AppRecord | undefined;
  apps(): AppRecord[];
  /** The app that was made with this idempotency key. */
  appWithKey(key: string): AppRecord | undefined;
  machine(id: string): MachineRecord | undefined;
  /** An app's machines in order of creation, destroyed ones included. */
  machines(app: string): MachineRecord[];
  /** The machine of this name that is not destroyed. */
  machineNamed(app: string, name: string): MachineRecord | undefined;
  /** What the machines of an organisation that are not destroyed use. */
  useOf(org: string): OrgUse;
  volume(id: string): VolumeRecord | undefined;
  volumes(app: string): VolumeRecord[];
  snapshots(volume: string): SnapshotRecord[];
  token(id: string): TokenRecord | undefined;
  tokenWithText(text: string): TokenRecord | undefined;
  /** Whether any app has this address. */
  isUsedIp(ip: string): boolean;
  nextNumericId(): number;
  /**
   * To be called after every change of `state`, with what it concerns: that, and nothing else, is written to disk and found by the
   * lookups above. Without an argument everything may have changed, which takes as long as there is much.
   */
  changed(change?: Change): void;
  /** Calls back, synchronously, on every `changed`; with `null` when everything may have. Returns the way to stop that. */
  onChange(listener: (change: Change | null) => void): () => void;
}

export function createStore(state: State): Store {
  const listeners = new Set<(change: Change | null) => void>();
  let indexes = createIndexes(state);
  const tell = (change: Change | null): void => {
    for (const listener of [...listeners]) listener(change);
  };

  return {
    state,
    app: (name) => own(state.apps, name),
    apps: () => byAge(Object.values(state.apps)),
    appWithKey: (key) => indexes.appWithKey(key),
    machine: (id) => own(state.machines, id),
    machines: (app) => byAge([...indexes.machinesOf(app)]),
    machineNamed: (app, name) => indexes.machineNamed(app, name),
    useOf: (org) => indexes.useOf(org),
    volume: (id) => own(state.volumes, id),
    volumes: (app) => byAge([...indexes.volumesOf(app)]),
    snapshots: (volume) => byAge([...indexes.snapshotsOf(volume)]),
    token: (id) => indexes.token(id),
    tokenWithText: (text) => indexes.tokenWithText(text),
    isUsedIp: (ip) => indexes.isUsedIp(ip),
    nextNumericId() {
      const next = state.nextNumericId++;
      tell({ rest: true });
      return next;
    },
    changed(change) {
      if (change) indexes.update(change);
      else indexes = createIndexes(state);
      tell(change ?? null);
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function byAge<T extends { createdAt: number }>(list: T[]): T[] {
  return list.sort((a, b) => a.createdAt - b.createdAt);
}

/** Names come from URLs: `__proto__` must not find anything. */
function own<T>(table: Record<string, T>, key: string): T | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}
