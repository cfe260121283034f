import type { PresentSecret } from '@sindri/core';
import { markSecret, metadataKeys, type MachineData, type MachineEventData, type SecretsData } from '../../model.js';
import { digestMarks, readMarks } from './secrets-hash.js';
import { recordedNames } from './secrets-record.js';

type Items = SecretsData['items'];

/** Fly tells the times of secrets in whole seconds. */
const SECOND = 1_000;

/** What was set and removed since the machine was updated last, as it was noted. */
interface Staged {
  set: string[];
  /** Name → {@link freshAt} when it was removed, ms since the epoch; `null` = not known. */
  removed: ReadonlyMap<string, number | null>;
}

export function notedStaged(metadata: Readonly<Record<string, string>>): Staged {
  const names = (metadata[metadataKeys.stagedSecrets] ?? '').split(',').filter((name) => name !== '');
  const removed = names.filter((name) => name.startsWith('-')).map((name) => name.slice(1).split('@'));
  return {
    set: names.filter((name) => !name.startsWith('-')),
    removed: new Map(removed.map(([name = '', at = '']) => [name, /^\d{1,15}$/.test(at) ? Number(at) : null])),
  };
}

/** What {@link notedStaged} reads, once more secrets were set and removed without an update. */
export function formatStaged(
  { metadata, events }: Pick<MachineData, 'metadata' | 'events'>,
  set: readonly string[],
  removed: readonly string[],
): string {
  const before = notedStaged(metadata);
  const fresh = freshAt(events);
  const names = new Set([...before.set.filter((name) => !removed.includes(name)), ...set]);
  const gone = new Map([...before.removed].filter(([name]) => !set.includes(name)));
  for (const name of removed) gone.set(name, fresh);
  const removals = [...gone.keys()].sort().map((name) => {
    const at = gone.get(name) ?? null;
    return at === null ? `-${name}` : `-${name}@${at}`;
  });
  return [...[...names].sort(), ...removals].join(',');
}

/**
 * Whether `machine` has each secret of the app. A running machine gets new values with an update, or when it starts after a stop; never by
 * a restart, nor with its memory. What was staged by Sindri is noted at the machine; for what others have set, the times tell.
 */
export function secretStates(machine: MachineData, items: Items): Map<string, 'live' | 'staged' | 'unknown'> {
  const { set } = notedStaged(machine.metadata);
  const fresh = freshAt(machine.events);
  const noted = readMarks(machine.metadata[metadataKeys.secretsDigest] ?? '');
  const marks = digestMarks(items);
  return new Map(
    items.map(({ name, updatedAt }) => {
      const at = updatedAt === null ? NaN : Date.parse(updatedAt);
      const isAfter = fresh !== null && !Number.isNaN(at) && fresh >= at + SECOND;
      if (set.includes(name)) return [name, isAfter ? 'live' : 'staged'];
      if (noted?.get(name) !== undefined && noted.get(name) === marks.get(name)) return [name, 'live'];
      if (fresh === null || Number.isNaN(at)) return [name, 'unknown'];
      return [name, fresh >= Math.floor(at / SECOND) * SECOND ? 'live' : 'staged'];
    }),
  );
}

/** The states that hold for all of `machines`: what one of them lacks is not live. `null` without a machine: nothing has them yet. */
export function sharedStates(machines: readonly MachineData[], items: Items): ReturnType<typeof secretStates> | null {
  if (machines.length === 0) return null;
  const states = machines.map((machine) => secretStates(machine, items));
  return new Map(
    items.map(({ name }) => {
      const each = states.map((of) => of.get(name));
      return [name, (['staged', 'unknown'] as const).find((state) => each.includes(state)) ?? 'live'];
    }),
  );
}

/** What the machine still has although it was removed from the app: it has not been started anew since. */
export function removedSecrets(machine: MachineData, items: Items): string[] {
  const present = new Set(items.map(({ name }) => name));
  const fresh = freshAt(machine.events);
  const isStartedSince = (at: number | null): boolean => fresh !== null && at !== null && fresh > at;
  return [...notedStaged(machine.metadata).removed].flatMap(([name, at]) =>
    present.has(name) || isStartedSince(at) ? [] : [name],
  );
}

/** Names that some update would bring to `machine`, removals included. Sorted. */
export function stagedSecrets(machine: MachineData, items: Items): string[] {
  const states = secretStates(machine, items);
  // Our mark is for whoever looks at the app, not for what runs.
  const set = [...states].flatMap(([name, state]) => (state === 'staged' && name !== markSecret ? [name] : []));
  return [...set, ...removedSecrets(machine, items)].sort();
}

/**
 * What a deploy brings to `machine` that it lacks: `names`, which the config names, whoever has staged them; and what an earlier deploy has
 * removed, and was cut short before its update.
 */
export function deployedSecrets(machine: MachineData, items: Items, names: readonly string[]): string[] {
  const { set, removed } = notedStaged(machine.metadata);
  const recorded = recordedNames(machine.metadata);
  const isDue = (name: string): boolean =>
    names.includes(name) ? set.includes(name) : removed.has(name) && recorded.includes(name);
  return stagedSecrets(machine, items).filter(isDue);
}

/** What a change of secrets is to note at `machine`, if anything. */
export function noteAt(
  machine: MachineData | null,
  { isStaged, unset }: { isStaged: boolean; unset: readonly string[] },
): { noted?: { machineId: string; name: string; isStaged: boolean } } {
  if (machine === null || (!isStaged && unset.length === 0)) return {};
  return { noted: { machineId: machine.id, name: machine.name, isStaged } };
}

/** What Sindri has staged and `machine` still lacks, removals included. */
export function waitingSecrets(machine: MachineData, items: Items): string[] {
  const { set } = notedStaged(machine.metadata);
  const states = secretStates(machine, items);
  return [...set.filter((name) => states.get(name) === 'staged'), ...removedSecrets(machine, items)];
}

/** How the noted values compare with those of `local`; nothing noted is `unknown`. */
export function compareLocal(
  metadata: Readonly<Record<string, string>>,
  items: Items,
  local: ReadonlyMap<string, string>,
): Map<string, NonNullable<PresentSecret['local']>> {
  const values = readMarks(metadata[metadataKeys.secretsHash] ?? '');
  const digests = readMarks(metadata[metadataKeys.secretsDigest] ?? '');
  const marks = digestMarks(items);
  return new Map(
    items.flatMap(({ name }): [string, NonNullable<PresentSecret['local']>][] => {
      const mark = local.get(name);
      if (mark === undefined) return [];
      const noted = values?.get(name);
      if (noted === undefined) return [[name, 'unknown']];
      const isUntouched = digests?.get(name) === undefined || digests.get(name) === marks.get(name);
      return [[name, noted === mark && isUntouched ? 'same' : 'differs']];
    }),
  );
}

/** When the machine got the secrets of that moment last, ms since the epoch; `null` when its events do not reach back so far. */
function freshAt(events: readonly MachineEventData[]): number | null {
  const oldestFirst = [...events].sort((a, b) => a.timestamp - b.timestamp);
  let newest: number | null = null;
  let wasStopped = false;
  for (const { type, timestamp, exit } of oldestFirst) {
    if (type === 'launch' || type === 'update') newest = timestamp;
    if (type === 'stop' || (type === 'exit' && exit?.requestedStop === true)) wasStopped = true;
    if (type === 'suspend' || type === 'restart') wasStopped = false;
    if (type !== 'start') continue;
    if (wasStopped) newest = timestamp;
    wasStopped = false;
  }
  return newest;
}
