import type { Environment, VolumeSnapshot } from '@sindri/core';
import { coreError } from '../error.js';
import { plainCommand } from '../next-commands.js';
import type { Shell } from '../shell.js';
import { plainText } from '../terminal/outside-text.js';
import { walk, type ChangeRequest } from './change.js';
import { changeResult, type ChangeResult } from './change-result.js';

export interface SnapshotsResult {
  schema: 'sindri.snapshots/1';
  environment: string;
  provider: string;
  /** Newest first. */
  snapshots: VolumeSnapshot[];
}

/** Every snapshot of the volumes of an environment. Does not wake it. */
export async function listSnapshots(environment: Environment): Promise<SnapshotsResult> {
  return {
    schema: 'sindri.snapshots/1',
    environment: environment.spec.name,
    provider: environment.provider.name,
    snapshots: await environment.snapshots(),
  };
}

/** Takes a snapshot of a volume; the provider chooses the volume when none is named. */
export async function takeSnapshot(
  environment: Environment,
  shell: Shell,
  { volume, ...request }: ChangeRequest & { volume?: string | undefined },
): Promise<ChangeResult> {
  const wanted = { intent: 'snapshot.create', ...(volume === undefined ? {} : { volume }) } as const;
  return changeResult(await walk(environment, shell, { wanted, look: () => environment.status() }, request));
}

/** What a command does with one snapshot. */
export type SnapshotVerb = 'restore' | 'delete';

/** Puts a snapshot in place of what is on its volume, or deletes it. With a saved plan and no id, the one that the plan names. */
export async function useSnapshot(
  environment: Environment,
  shell: Shell,
  verb: SnapshotVerb,
  { snapshot, ...request }: ChangeRequest & { snapshot: string | undefined },
): Promise<ChangeResult> {
  if (snapshot === undefined && request.plan === undefined) throw await whichSnapshot(environment, request);
  const intent = verb === 'restore' ? 'snapshot.restore' : 'snapshot.delete';
  const wanted = { intent, ...(snapshot === undefined ? {} : { snapshot }) } as const;
  return changeResult(await walk(environment, shell, { wanted, look: () => environment.status() }, request));
}

/** Deletes a volume that the environment does not use. With a saved plan and no name, the one that the plan names. */
export async function deleteVolume(
  environment: Environment,
  shell: Shell,
  { volume, ...request }: ChangeRequest & { volume: string | undefined },
): Promise<ChangeResult> {
  if (volume === undefined && request.plan === undefined) {
    const { next = plainCommand } = request;
    throw usage('Which volume?', `Give its name or its id, as status shows it: ${next('status')}`);
  }
  const wanted = { intent: 'volume.delete', ...(volume === undefined ? {} : { volume }) } as const;
  return changeResult(await walk(environment, shell, { wanted, look: () => environment.status() }, request));
}

/** `USAGE`, with the snapshots that there are. */
async function whichSnapshot(environment: Environment, request: ChangeRequest): Promise<Error> {
  const { next = plainCommand } = request;
  const snapshots = await environment.snapshots();
  const listed = snapshots.map((one) => `  ${plainText(`${one.id} of ${one.volume}, ${one.createdAt ?? one.state}`)}`);
  const hint =
    listed.length === 0
      ? `There is none yet. Take one: ${next('volume snapshot')}`
      : `Give the id of one:\n${listed.join('\n')}`;
  return usage('Which snapshot?', hint);
}

function usage(message: string, hint: string): Error {
  return coreError({ code: 'USAGE', kind: 'usage', message, hint });
}
