import { metadataKeys } from '../../model.js';
import { restoreKeptValues } from './kept-values.js';

/** What only `apply` knows about the config of a machine that it creates or updates. */
export interface ConfigCompletion {
  /** The config as it is on the platform now, for an update: withheld values come from it. */
  live?: Record<string, unknown> | null;
  /** The volume to mount; absent = leave the mount as the plan has it. */
  volumeId?: string;
  /** The mark of this run; absent = leave the old one. */
  launchId?: string;
  /** What the secrets change of this plan has set; absent = it set nothing, what the plan has stays true. */
  secrets?: {
    hash: string;
    digest: string;
    /** The lines put into AUTHORIZED_KEYS, and Fly's digest of them; `null` when it was left as it is. */
    keys: { lines: readonly string[]; digest: string } | null;
    /** When the token that was minted ends; `null` = another token was set, absent = none was. */
    tokenExpires?: string | null;
  };
}

/** The config to send for a planned machine config: withheld values restored, volume, launch id and secret marks filled in. */
export function completeMachineConfig(
  planned: Record<string, unknown>,
  completion: ConfigCompletion,
): Record<string, unknown> {
  const config = restoreKeptValues(planned, completion.live ?? {});
  const metadata: Record<string, unknown> = { ...(config['metadata'] as Record<string, unknown> | undefined) };
  if (completion.launchId !== undefined) metadata[metadataKeys.launchId] = completion.launchId;
  // Every new version of a machine has the secrets of now.
  delete metadata[metadataKeys.stagedSecrets];
  delete metadata[metadataKeys.secretsVersion];
  if (completion.secrets !== undefined) {
    const { hash, digest, keys, tokenExpires } = completion.secrets;
    if (tokenExpires === null) delete metadata[metadataKeys.tokenExpires];
    else if (tokenExpires !== undefined) metadata[metadataKeys.tokenExpires] = tokenExpires;
    for (const [key, noted] of [
      [metadataKeys.secretsHash, hash],
      [metadataKeys.secretsDigest, digest],
    ] as const) {
      if (noted === '') delete metadata[key];
      else metadata[key] = noted;
    }
    if (keys !== null) {
      metadata[metadataKeys.authorizedKeys] = keys.lines.join('\n');
      metadata[metadataKeys.keysDigest] = keys.digest;
    }
  }
  const mounts = config['mounts'];
  return {
    ...config,
    metadata,
    ...(completion.volumeId === undefined || !Array.isArray(mounts)
      ? {}
      : {
          mounts: mounts.map((mount: unknown, index) =>
            index === 0 ? { volume: completion.volumeId, ...without(mount as object, 'volume') } : mount,
          ),
        }),
  };
}

function without(map: object, key: string): object {
  return Object.fromEntries(Object.entries(map).filter(([name]) => name !== key));
}
