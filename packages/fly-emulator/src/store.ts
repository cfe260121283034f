import type { AppRecord, MachineRecord, SnapshotRecord, State, VolumeRecord } from './records.js';

/** All state in one place, and who wants to know when it changes. */
export interface Store {
  readonly state: State;
  app(name: string): AppRecord | undefined;
  apps(): AppRecord[];
  machine(id: string): MachineRecord | undefined;
  /** An app's machines in order of creation, destroyed ones included. */
  machines(app: string): MachineRecord[];
  volume(id: string): VolumeRecord | undefined;
  volumes(app: string): VolumeRecord[];
  snapshots(volume: string): SnapshotRecord[];
  nextNumericId(): number;
  /** To be called after every change of `state`. */
  changed(): void;
  /** Calls back, synchronously, on every `changed`. Returns the way to stop that. */
  onChange(listener: () => void): () => void;
}

export function createStore(state: State): Store {
  const listeners = new Set<() => void>();
  const byAge = <T extends { createdAt: number; id: string }>(list: T[]): T[] =>
    list.sort((a, b) => a.createdAt - b.createdAt);

  return {
    state,
    app: (name) => own(state.apps, name),
    apps: () => byAge(Object.values(state.apps)),
    machine: (id) => own(state.machines, id),
    machines: (app) => byAge(Object.values(state.machines).filter((machine) => machine.app === app)),
    volume: (id) => own(state.volumes, id),
    volumes: (app) => byAge(Object.values(state.volumes).filter((volume) => volume.app === app)),
    snapshots: (volume) => byAge(Object.values(state.snapshots).filter((snapshot) => snapshot.volume === volume)),
    nextNumericId: () => state.nextNumericId++,
    changed() {
      for (const listener of [...listeners]) listener();
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** Names come from URLs: `__proto__` must not find anything. */
function own<T>(table: Record<string, T>, key: string): T | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}
