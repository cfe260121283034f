import { completeMachineConfig } from '../mapping/index.js';
import { resourceIds, type VolumeData } from '../model.js';
import type { WireMachineConfig } from '../api/types.js';
import { observed, resultsOf, type ApplyRoom } from './room.js';

/** What the secrets change of this run has left: its version for the machine to wait for, its marks for the metadata. */
export interface SecretsOutcome {
  version: number | null;
  marks?: { hash: string; digest: string; authorizedKeys: string[] | null };
}

export function secretsOutcome(room: ApplyRoom): SecretsOutcome {
  const [result] = resultsOf(room, 'secrets.set');
  if (result === undefined) return { version: null };
  const { version, hash, digest, authorizedKeys } = result;
  return {
    version: typeof version === 'number' ? version : null,
    marks: {
      hash: String(hash),
      digest: String(digest),
      authorizedKeys: Array.isArray(authorizedKeys) ? authorizedKeys.map(String) : null,
    },
  };
}

/** The id of the volume to mount: made in this run, or there before. */
export function volumeIdFor(room: ApplyRoom, volumeName: string | null): string | undefined {
  if (volumeName === null) return undefined;
  const made = resultsOf(room, 'volume.create').find(({ name }) => name === volumeName)?.id;
  if (typeof made === 'string') return made;
  return observed<VolumeData>(room, resourceIds.volume(volumeName))?.id;
}

/** The config to send: what the plan left open filled in. */
export function finishConfig(
  room: ApplyRoom,
  planned: Record<string, unknown>,
  extra: { live?: Record<string, unknown> | null; volumeId?: string },
): WireMachineConfig {
  return completeMachineConfig(planned, {
    ...extra,
    launchId: room.context.launchId,
    secrets: secretsOutcome(room).marks,
  });
}
