import type {
  AppRecord,
  MachineRecord,
  SnapshotRecord,
  State,
  TokenRecord,
  VolumeRecord,
  WireGuardPeerRecord,
} from '../records.js';

/** What has changed, been added or been removed. Names of several things may stand in one. */
export interface Change {
  app?: AppRecord;
  machine?: MachineRecord;
  volume?: VolumeRecord;
  snapshot?: SnapshotRecord;
  token?: TokenRecord;
  peer?: WireGuardPeerRecord;
  /** Id of a simulated volume whose origin has changed. */
  volumeOrigin?: string;
  /** The few things that there are once: organisations, counters. */
  rest?: true;
}

/** The parts of a state that are written one entry at a time. */
export type Table = 'apps' | 'machines' | 'volumes' | 'snapshots' | 'tokens' | 'volumeOrigins' | 'wireGuardPeers';

/** One entry as it is now; `null` = removed. `rest` has one entry, without a key. */
export type Entry = [table: Table | 'rest', key: string, value: unknown];

/** Names an entry that may have changed. */
export type EntryName = [table: Table | 'rest', key: string];

/** The entries that a change concerns. */
export function entriesOf(change: Change): EntryName[] {
  const names: EntryName[] = [];
  if (change.app) names.push(['apps', change.app.name]);
  if (change.machine) names.push(['machines', change.machine.id]);
  if (change.volume) names.push(['volumes', change.volume.id]);
  if (change.snapshot) names.push(['snapshots', change.snapshot.id]);
  if (change.token) names.push(['tokens', change.token.id]);
  if (change.peer) names.push(['wireGuardPeers', change.peer.id]);
  if (change.volumeOrigin !== undefined) names.push(['volumeOrigins', change.volumeOrigin]);
  if (change.rest) names.push(['rest', '']);
  return names;
}

/** The entry of that name as it is now. `token` finds one by its id. */
export function readEntry(
  state: State,
  [table, key]: EntryName,
  token: (id: string) => TokenRecord | undefined,
): Entry {
  if (table === 'rest') return [table, key, restOf(state)];
  if (table === 'tokens') return [table, key, token(key) ?? null];
  return [table, key, Object.hasOwn(state[table], key) ? state[table][key] : null];
}

/** Puts an entry that was read from the journal into the state. */
export function applyEntry(state: State, tokens: Map<string, TokenRecord>, [table, key, value]: Entry): void {
  if (table === 'rest') Object.assign(state, value);
  else if (table === 'tokens') tokens.set(key, value as TokenRecord);
  else if (value === null) delete state[table][key];
  // Not by assignment: `__proto__` is a key like any other.
  else Object.defineProperty(state[table], key, { value, enumerable: true, configurable: true, writable: true });
}

/** What is written entry by entry, and what belongs to the file. */
const APART: readonly (keyof State)[] = [
  'apps',
  'machines',
  'volumes',
  'snapshots',
  'tokens',
  'volumeOrigins',
  'wireGuardPeers',
  'format',
  'epoch',
];

function restOf(state: State): Partial<State> {
  return Object.fromEntries(Object.entries(state).filter(([key]) => !APART.includes(key as keyof State)));
}
