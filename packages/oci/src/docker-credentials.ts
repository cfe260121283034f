import { join } from 'node:path';
import { registryError } from './registry-error.js';
import { runHelper, type HelperAnswer } from './credential-helper.js';
import { dockerDirectory, readDockerJson, type DockerHome } from './docker-config.js';

/** What `docker login` has kept for a registry. */
export type Credentials = { username: string; password: string } | { identityToken: string };

/** What is looked at. Nothing else of this computer is. */
export interface CredentialsPlace extends DockerHome {
  /** Runs a credential helper. Default: the program `docker-credential-<name>` of the `PATH` in `env`. */
  run?: (helper: string, server: string, signal?: AbortSignal) => Promise<HelperAnswer>;
  signal?: AbortSignal;
}

interface DockerConfig {
  auths?: Record<string, { auth?: unknown; username?: unknown; password?: unknown; identitytoken?: unknown } | null>;
  credsStore?: unknown;
  credHelpers?: Record<string, unknown>;
}

/** Docker Hub's entry has this name, and has had it for ever. */
const HUB_SERVER = 'https://index.docker.io/v1/';

/**
 * The credentials that Docker's config (`DOCKER_CONFIG`, else `~/.docker/config.json`) has for a registry, `null` for none: an anonymous
 * request is then made. A helper for this host comes before the helper for all, that before what is in the file itself.
 *
 * Rejects with `REGISTRY_CREDENTIALS` when the file cannot be read or a helper fails; neither message has anything of a value.
 */
export async function credentialsFor(host: string, place: CredentialsPlace): Promise<Credentials | null> {
  const file = join(dockerDirectory(place), 'config.json');
  const config = (await readDockerJson(file, unusable)) as DockerConfig | null;
  if (config === null) return null;
  const servers = serversOf(host);
  const ownHelper = servers.map((server) => config.credHelpers?.[server]).find((name) => name !== undefined);
  const helper = ownHelper ?? config.credsStore;
  if (typeof helper === 'string' && helper !== '') {
    const found = await askHelper(helper, servers, place, file);
    // A store for all may know nothing of this registry, and the file may.
    if (found !== null || ownHelper !== undefined) return found;
  }
  const kept = servers.map((server) => config.auths?.[server]).find((entry) => entry !== undefined && entry !== null);
  return kept === undefined || kept === null ? null : fromEntry(kept, file, host);
}

/** The names under which credentials of a host are kept, the usual one first. */
function serversOf(host: string): string[] {
  if (host === 'docker.io') return [HUB_SERVER, 'index.docker.io', 'docker.io', 'registry-1.docker.io'];
  return [host, `https://${host}`, `https://${host}/`, `https://${host}/v1/`, `https://${host}/v2/`, `http://${host}`];
}

async function askHelper(
  helper: string,
  servers: readonly string[],
  { run, env, signal }: CredentialsPlace,
  file: string,
): Promise<Credentials | null> {
  const ask = run ?? ((name, server, stop) => runHelper(name, server, { env, ...(stop && { signal: stop }) }));
  const [server = ''] = servers;
  // The name becomes one of a program.
  if (!/^[A-Za-z0-9._-]{1,64}$/.test(helper)) throw unusable(`${file} names a credential helper that cannot be one.`);
  const answer = await ask(helper, server, signal);
  if (answer.status === 'none') return null;
  if (answer.status === 'failed') {
    throw unusable(
      `docker-credential-${helper}, which ${file} names for ${server}, gave no credentials: ${answer.reason}.`,
    );
  }
  const { username, secret } = answer;
  return username === '<token>' ? { identityToken: secret } : { username, password: secret };
}

function fromEntry(entry: NonNullable<DockerConfig['auths']>[string], file: string, host: string): Credentials | null {
  const { auth, username, password, identitytoken } = entry ?? {};
  if (typeof identitytoken === 'string' && identitytoken !== '') return { identityToken: identitytoken };
  if (typeof username === 'string' && typeof password === 'string') return { username, password };
  // An empty entry is what a config with a helper has.
  if (typeof auth !== 'string' || auth === '') return null;
  const decoded = Buffer.from(auth, 'base64').toString('utf8');
  const colon = decoded.indexOf(':');
  if (colon <= 0) throw unusable(`The entry for ${host} in ${file} is not the base64 of a name and a password.`);
  return { username: decoded.slice(0, colon), password: decoded.slice(colon + 1).replace(/\0+$/, '') };
}

function unusable(message: string): Error {
  return registryError({
    code: 'REGISTRY_CREDENTIALS',
    kind: 'auth',
    message,
    hint: 'Run `docker login` again, or correct credsStore and credHelpers in that file.',
  });
}
