import { isSindriError, type OperationContext } from '@sindri/core';
import { registryAddress } from './images.js';
import { resourceIds, type FlyResource, type FlySpec } from './model.js';

/** The image that a spec wants to be built, as it is in the registry of Fly; nothing for a spec without one. Never rejects for an answer. */
export async function observeImage(
  { imageDigest, env, signal }: Pick<OperationContext, 'imageDigest' | 'env' | 'signal'>,
  spec: FlySpec,
  app: string,
): Promise<FlyResource[]> {
  const identity = imageResource(spec);
  if (identity === null) return [];
  if (imageDigest === undefined)
    return [{ ...identity, status: 'unobserved', reason: 'no registry can be asked here' }];
  try {
    const digest = await imageDigest(`${registryAddress(env)}/${app}:${identity.name}`);
    if (digest === null) return [{ ...identity, status: 'absent' }];
    return [{ ...identity, status: 'present', owned: true, data: { kind: 'image', digest } }];
  } catch (error) {
    signal.throwIfAborted();
    return [{ ...identity, status: 'unobserved', reason: isSindriError(error) ? error.message : String(error) }];
  }
}

/** Without an app there is no image. */
export function absentImage(spec: FlySpec): FlyResource[] {
  const identity = imageResource(spec);
  return identity === null ? [] : [{ ...identity, status: 'absent' }];
}

function imageResource({ buildFromSource }: FlySpec): Pick<FlyResource, 'id' | 'type' | 'name'> | null {
  const tag = buildFromSource?.resolved?.tag;
  return tag === undefined ? null : { id: resourceIds.image(tag), type: 'image', name: tag };
}
