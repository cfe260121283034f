import { createIdentity } from '@sindri/ssh';
import { applied } from './results.js';
import { toldLater } from './seen.js';
import type { Apply } from './work.js';

/** Makes the key pair of this environment, on this computer only. One that is there already is kept. */
export const applyIdentityCreate: Apply<'identity.create'> = async ({ context, names }) => {
  const identity = await createIdentity({ stateDir: context.stateDir, environment: names.app });
  const path = identity.kind === 'agent' ? null : identity.path;
  return { ...applied('identity.create', { publicKey: identity.publicKey, path }), seen: toldLater };
};
