import type { AppRecord, MachineRecord, SnapshotRecord, State, TokenRecord, VolumeRecord } from '../records.js';
import type { Change } from './changes.js';

/** Memory and number of the machines of one organisation that are not destroyed. */
export interface OrgUse {
  machines: number;
  memoryMbByRegion: Map<string, number>;
}

/** Answers that would otherwise need a look at everything. Kept in step by `update`, told of every change. */
export interface Indexes {
  machinesOf(app: string): Iterable<MachineRecord>;
  /** The machine of this name that is not destroyed. */
  machineNamed(app: string, name: string): MachineRecord | undefined;
  useOf(org: string): OrgUse;
  volumesOf(app: string): Iterable<VolumeRecord>;
  snapshotsOf(volume: string): Iterable<SnapshotRecord>;
  appWithKey(idempotencyKey: string): AppRecord | undefined;
  token(id: string): TokenRecord | undefined;
  tokenWithText(text: string): TokenRecord | undefined;
  /** Whether any app has this address. */
  isUsedIp(ip: string): boolean;
  update(change: Change): void;
}

/** A table of sets, which come and go with their members. */
class Groups<T extends { id: string }> {
  private readonly groups = new Map<string, Map<string, T>>();

  of(name: string): Iterable<T> {
    return this.groups.get(name)?.values() ?? [];
  }
  put(name: string, member: T): void {
    const group = this.groups.get(name) ?? new Map<string, T>();
    this.groups.set(name, group.set(member.id, member));
  }
  remove(name: string, member: T): void {
    const group = this.groups.get(name);
    group?.delete(member.id);
    if (group?.size === 0) this.groups.delete(name);
  }
}

/** What a machine that is not destroyed counts for. */
interface Counted {
  nameKey: string;
  org: string;
  region: string;
  memoryMb: number;
}

export function createIndexes(state: State): Indexes {
  const machines = new Groups<MachineRecord>();
  const volumes = new Groups<VolumeRecord>();
  const snapshots = new Groups<SnapshotRecord>();
  const byName = new Map<string, MachineRecord>();
  const counted = new Map<string, Counted>();
  const uses = new Map<string, OrgUse>();
  const appsByKey = new Map<string, AppRecord>();
  const tokensById = new Map<string, TokenRecord>();
  const tokensByText = new Map<string, TokenRecord>();
  const ipsByApp = new Map<string, string[]>();
  const ipCounts = new Map<string, number>();

  const nameKey = (app: string, name: string): string => `${app}/${name}`;
  const count = (table: Map<string, number>, key: string, by: number): void => {
    const now = (table.get(key) ?? 0) + by;
    if (now === 0) table.delete(key);
    else table.set(key, now);
  };
  const useOf = (org: string): OrgUse => {
    const known = uses.get(org) ?? { machines: 0, memoryMbByRegion: new Map() };
    uses.set(org, known);
    return known;
  };
  const countMachine = ({ org, region, memoryMb }: Counted, by: 1 | -1): void => {
    const use = useOf(org);
    use.machines += by;
    count(use.memoryMbByRegion, region, by * memoryMb);
  };

  const updateMachine = (machine: MachineRecord): void => {
    const before = counted.get(machine.id);
    if (before) {
      counted.delete(machine.id);
      countMachine(before, -1);
      if (byName.get(before.nameKey)?.id === machine.id) byName.delete(before.nameKey);
    }
    if (!Object.hasOwn(state.machines, machine.id)) return machines.remove(machine.app, machine);
    machines.put(machine.app, machine);
    const app = Object.hasOwn(state.apps, machine.app) ? state.apps[machine.app] : undefined;
    if (machine.state === 'destroyed') return;
    const now: Counted = {
      nameKey: nameKey(machine.app, machine.name),
      org: app?.org ?? '',
      region: machine.region,
      memoryMb: machine.config.guest.memory_mb,
    };
    counted.set(machine.id, now);
    countMachine(now, 1);
    byName.set(now.nameKey, machine);
  };

  const updateApp = (app: AppRecord): void => {
    const present = Object.hasOwn(state.apps, app.name);
    for (const ip of ipsByApp.get(app.name) ?? []) count(ipCounts, ip, -1);
    const ips = present ? app.ips.map(({ ip }) => ip) : [];
    for (const ip of ips) count(ipCounts, ip, 1);
    if (ips.length > 0) ipsByApp.set(app.name, ips);
    else ipsByApp.delete(app.name);
    if (app.idempotencyKey === null) return;
    if (present) appsByKey.set(app.idempotencyKey, app);
    else appsByKey.delete(app.idempotencyKey);
  };

  const update = ({ app, machine, volume, snapshot, token }: Change): void => {
    if (app) updateApp(app);
    if (machine) updateMachine(machine);
    if (volume) {
      if (Object.hasOwn(state.volumes, volume.id)) volumes.put(volume.app, volume);
      else volumes.remove(volume.app, volume);
    }
    if (snapshot) {
      if (Object.hasOwn(state.snapshots, snapshot.id)) snapshots.put(snapshot.volume, snapshot);
      else snapshots.remove(snapshot.volume, snapshot);
    }
    if (token) {
      tokensById.set(token.id, token);
      tokensByText.set(token.token, token);
    }
  };

  for (const app of Object.values(state.apps)) update({ app });
  for (const machine of Object.values(state.machines)) update({ machine });
  for (const volume of Object.values(state.volumes)) update({ volume });
  for (const snapshot of Object.values(state.snapshots)) update({ snapshot });
  for (const token of state.tokens) update({ token });

  return {
    machinesOf: (app) => machines.of(app),
    machineNamed: (app, name) => byName.get(nameKey(app, name)),
    useOf,
    volumesOf: (app) => volumes.of(app),
    snapshotsOf: (volume) => snapshots.of(volume),
    appWithKey: (key) => appsByKey.get(key),
    token: (id) => tokensById.get(id),
    tokenWithText: (text) => tokensByText.get(text),
    isUsedIp: (ip) => ipCounts.has(ip),
    update,
  };
}
