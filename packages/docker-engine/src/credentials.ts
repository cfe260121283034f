import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import type { OperationContext } from '@sindri/core';
import { engineError } from './engine-error.js';
import { readDockerConfig } from './endpoint.js';

const DOCKER_HUB = 'https://index.docker.io/v1/';
const HELPER_MS = 30_000;

/** `X-Registry-Auth` for an image: what `docker login` has kept for its registry. Empty when that is nothing. */
export async function registryAuth(
  reference: string,
  { env, hide, signal }: OperationContext,
): Promise<Record<string, string>> {
  const config = await readDockerConfig(env);
  const [first = ''] = reference.split('/');
  const isHost = reference.includes('/') && /[.:]|^localhost$/.test(first);
  const server = isHost && first !== 'docker.io' ? first : DOCKER_HUB;
  const helpers = (config.credHelpers ?? {}) as Record<string, string>;
  const helper = helpers[server] ?? (config.credsStore as string | undefined);
  const auths = (config.auths ?? {}) as Record<string, { auth?: string; identitytoken?: string } | undefined>;
  const kept = auths[server] ?? auths[`https://${server}`] ?? auths[`https://${server}/v1/`];
  const [username, ...password] = Buffer.from(kept?.auth ?? '', 'base64')
    .toString()
    .split(':');
  const found = helper
    ? await askHelper(helper, server, env, signal)
    : kept && { username, password: password.join(':'), identitytoken: kept.identitytoken };
  if (!found || (!found.identitytoken && !found.username)) return {};
  for (const secret of [found.password, found.identitytoken]) if (secret) hide(secret);
  const json = Buffer.from(JSON.stringify({ ...found, serveraddress: server }));
  // An engine reads it with the padding that Node's base64url leaves away, and takes whoever has it wrong for nobody.
  const auth = json.toString('base64').replaceAll('+', '-').replaceAll('/', '_');
  hide(auth);
  return { 'x-registry-auth': auth };
}

type Credentials = { username?: string; password?: string; identitytoken?: string };

async function askHelper(
  helper: string,
  server: string,
  env: OperationContext['env'],
  signal: AbortSignal,
): Promise<Credentials | null> {
  const program = `docker-credential-${helper}`;
  const within = AbortSignal.any([signal, AbortSignal.timeout(HELPER_MS)]);
  const child = spawn(program, ['get'], {
    env: env as NodeJS.ProcessEnv,
    stdio: ['pipe', 'pipe', 'ignore'],
    signal: within,
  });
  const ended = new Promise<number | string>((resolve) =>
    child.once('close', resolve).once('error', ({ message }) => resolve(message)),
  );
  child.stdin.on('error', () => undefined).end(server);
  const answer = await text(child.stdout).catch(() => '');
  const code = await ended;
  signal.throwIfAborted();
  if (code !== 0 && /credentials not found/i.test(answer)) return null;
  try {
    if (code !== 0) throw new Error(`it ended with ${code}`);
    const { Username, Secret } = JSON.parse(answer) as { Username: string; Secret: string };
    return Username === '<token>' ? { identitytoken: Secret } : { username: Username, password: Secret };
  } catch (cause) {
    throw engineError(
      'DOCKER_CREDENTIALS',
      'auth',
      `${program}, which Docker's config names for ${server}, gave no credentials${typeof code === 'string' ? `: ${code}` : ''}.`,
      'Run `docker login` again, or correct credsStore and credHelpers in ~/.docker/config.json.',
      { cause },
    );
  }
}
