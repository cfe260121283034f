import { homeDirectory, type OperationContext } from '@sindri/core';
import { credentialsFor, readReference } from '@sindri/oci';

/** What Docker Hub is called in the header, and has been for ever. */
const HUB_SERVER = 'https://index.docker.io/v1/';

/**
 * `X-Registry-Auth` for an image: what `docker login` has kept for its registry. Empty when that is nothing. Rejects with
 * `REGISTRY_CREDENTIALS` when Docker's config cannot be used.
 */
export async function registryAuth(
  reference: string,
  { env, hide, signal }: OperationContext,
): Promise<Record<string, string>> {
  const { host } = readReference(reference);
  const found = await credentialsFor(host, { env, home: homeDirectory(env), signal });
  if (found === null) return {};
  hide('password' in found ? found.password : found.identityToken);
  const said = 'identityToken' in found ? { identitytoken: found.identityToken } : found;
  const json = Buffer.from(JSON.stringify({ ...said, serveraddress: host === 'docker.io' ? HUB_SERVER : host }));
  // An engine reads it with the padding that Node's base64url leaves away, and takes whoever has it wrong for nobody.
  const auth = json.toString('base64').replaceAll('+', '-').replaceAll('/', '_');
  hide(auth);
  return { 'x-registry-auth': auth };
}
