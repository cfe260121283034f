import type { ApplyResult } from '@sindri/core';
import type { ChangePayload, FlyData } from '../model.js';

/** What one change has left, for the changes after it: `ApplyResult.result`. JSON. */
export type FlyResult = { [K in ChangeKind]: { kind: K; made: boolean } & Left[K] }[ChangeKind];

/** What a change does. */
export type ChangeKind = ChangePayload['kind'];

/** The result of one kind of change. */
export type ResultOf<K extends ChangeKind> = Extract<FlyResult, { kind: K }>;

/** What every result tells apart from what is left. */
type Common = {
  kind: ChangeKind;
  /** Whether it was this run that did it: only then may it undo it. */
  made: boolean;
};

type Named = { id: string; name: string };

/** What is there after a change of each kind. */
type Left = {
  'identity.create': { publicKey: string; path: string | null };
  'app.create': { name: string; organization: string };
  'app.adopt': { name: string };
  'app.delete': { name: string };
  'ip.create': { type: 'v4' | 'v6' | 'shared_v4'; ip: string };
  'ip.delete': { ip: string };
  'secrets.set': {
    /** The version that the machine must wait for; `null` when Fly told none. */
    version: number | null;
    set: string[];
    unset: string[];
    /** The mark of the app was among them. */
    mark: boolean;
    hash: string;
    digest: string;
    /** The lines put into AUTHORIZED_KEYS, and Fly's digest of them; `null` when it was left as it is. */
    keys: { lines: string[]; digest: string } | null;
    /** When the token that was minted ends; `null` = another one was set. */
    tokenExpires?: string | null;
  };
  'image.build': { reference: string; digest: string };
  'build.clean': { machines: string[]; volumes: string[] };
  'volume.create': Named & { region: string; sizeGb: number };
  'volume.restore': Named & { region: string; sizeGb: number };
  'volume.extend': { id: string; sizeGb: number; needsRestart: boolean };
  'volume.update': { id: string; snapshotRetention: number };
  'volume.delete': { id: string };
  /** `name` is that of the volume. */
  'snapshot.create': Named;
  'machine.create': Named & { region: string; instanceId: string };
  'machine.update': Named & { instanceId: string; state: string };
  'machine.replace': Named & { instanceId: string };
  'machine.retire': Named;
  'machine.metadata': Named;
  'machine.start': Named;
  'machine.delete': Named;
  'key.admit': { fingerprint: string; now: boolean; lasting: boolean };
  'key.remove': { fingerprint: string };
};

/** How a change ended. */
export type Applied = ApplyResult<FlyResult, FlyData>;

/** Something was done. */
export function applied<K extends ChangeKind>(kind: K, left: Left[K]): Applied {
  return { status: 'applied', result: result(kind, true, left) };
}

/** Nothing was left to do. */
export function skipped<K extends ChangeKind>(kind: K, reason: string, left: Left[K]): Applied {
  return { status: 'skipped', reason, result: result(kind, false, left) };
}

function result<K extends ChangeKind>(kind: K, made: boolean, left: Left[K]): FlyResult {
  return { kind, made, ...left } satisfies Common as FlyResult;
}

/** What the changes of this kind have left so far in this run. */
export function resultsOf<K extends ChangeKind>(
  work: { context: { results: Readonly<Record<string, FlyResult>> } },
  kind: K,
): ResultOf<K>[] {
  return Object.values(work.context.results).filter((one): one is ResultOf<K> => one.kind === kind);
}

/** Whether this very run created the app: then nobody else can have put anything into it before. */
export function madeApp(work: { context: { results: Readonly<Record<string, FlyResult>> } }): boolean {
  return resultsOf(work, 'app.create').some(({ made }) => made);
}
