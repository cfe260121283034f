import { createHash } from 'node:crypto';
import { access, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { OperationContext } from '@sindri/core';
import { dockerDirectory, readDockerJson } from '@sindri/oci';
import { engineError } from './engine-error.js';

type Env = OperationContext['env'];

/** Where an engine listens, and with which certificates it is spoken to. */
export interface Endpoint {
  /** `unix:///var/run/docker.sock`, for people. */
  readonly where: string;
  /** For requests: `http://docker`. */
  readonly origin: string;
  readonly socketPath?: string;
  /** Nobody has said where an engine is, and there is none at the usual places. */
  readonly isGuess?: true;
  readonly tls?: { ca?: string; cert?: string; key?: string; rejectUnauthorized: boolean };
}

/** The engine that the docker command would use: `DOCKER_HOST`, else the chosen context, else the first socket that is there. */
export async function findEndpoint(env: Env): Promise<Endpoint> {
  if (env.DOCKER_HOST) {
    const verify = Boolean(env.DOCKER_TLS_VERIFY);
    const directory = env.DOCKER_CERT_PATH || (verify ? directoryOf(env) : null);
    return endpointOf(env.DOCKER_HOST, 'DOCKER_HOST', directory, !verify);
  }
  const context = env.DOCKER_CONTEXT || (await readOwn(env, 'config.json'))?.currentContext;
  if (typeof context === 'string' && context !== '' && context !== 'default') return endpointOfContext(context, env);
  for (const socket of usualSockets(env)) {
    if (await exists(socket)) return endpointOf(`unix://${socket}`, 'the usual place', null, false);
  }
  return { ...(await endpointOf('unix:///var/run/docker.sock', 'the usual place', null, false)), isGuess: true };
}

function directoryOf(env: Env): string {
  return dockerDirectory({ env, home: env.HOME ?? '/' });
}

/** A JSON file of Docker's own directory; `null` when there is none. */
function readOwn(env: Env, ...below: string[]): Promise<Record<string, unknown> | null> {
  return readDockerJson(path.join(directoryOf(env), ...below), (reason) =>
    invalid(reason, 'Correct it, or set DOCKER_CONFIG or DOCKER_HOST.'),
  );
}

/** Docker's own, rootless Docker's, Docker Desktop's, Podman's. */
function usualSockets({ XDG_RUNTIME_DIR: run, HOME: home }: Env): string[] {
  const ofUser = run ? [path.join(run, 'docker.sock'), path.join(run, 'podman/podman.sock')] : [];
  const ofDesktop = home
    ? [path.join(home, '.docker/run/docker.sock'), path.join(home, '.docker/desktop/docker.sock')]
    : [];
  return ['/var/run/docker.sock', ...ofUser, ...ofDesktop, '/run/podman/podman.sock'];
}

async function endpointOfContext(name: string, env: Env): Promise<Endpoint> {
  const id = createHash('sha256').update(name).digest('hex');
  const meta = await readOwn(env, 'contexts', 'meta', id, 'meta.json');
  const docker = (meta?.Endpoints as Record<string, { Host?: string; SkipTLSVerify?: boolean }> | undefined)?.docker;
  if (!docker?.Host)
    throw invalid(`There is no Docker context "${name}" with an address.`, '`docker context ls` lists them.');
  const certificates = path.join(directoryOf(env), 'contexts', 'tls', id, 'docker');
  const directory = (await exists(certificates)) ? certificates : null;
  return endpointOf(docker.Host, `the Docker context "${name}"`, directory, docker.SkipTLSVerify === true);
}

async function endpointOf(
  address: string,
  source: string,
  certificates: string | null,
  anyServer: boolean,
): Promise<Endpoint> {
  const [, scheme = '', rest = ''] = /^(?:([a-z]+):\/\/)?(.*)$/.exec(address) ?? [];
  if (scheme === 'unix' && rest.startsWith('/')) return { where: address, origin: 'http://docker', socketPath: rest };
  if (scheme === 'ssh') {
    const tunnel = `ssh -NL /tmp/docker.sock:/var/run/docker.sock ${rest}`;
    throw invalid(
      `${source} says ${address}, and Sindri does not open SSH connections to engines.`,
      `Open the way with \`${tunnel}\`, and set DOCKER_HOST=unix:///tmp/docker.sock.`,
    );
  }
  if (!['tcp', 'http', 'https'].includes(scheme) || !URL.canParse(`http://${rest}`)) {
    throw invalid(
      `${source} says "${address}", which is no address of an engine.`,
      'It looks like unix:///var/run/docker.sock or tcp://host:2376.',
    );
  }
  const secure = scheme === 'https' || certificates !== null;
  const { hostname, port } = new URL(`http://${rest}`);
  const origin = `${secure ? 'https' : 'http'}://${hostname}:${port || (secure ? 2376 : 2375)}`;
  if (!secure) return { where: address, origin };
  const read = async (file: string) =>
    certificates === null ? undefined : readFile(path.join(certificates, file), 'utf8').catch(() => undefined);
  const [ca, cert, key] = await Promise.all(['ca.pem', 'cert.pem', 'key.pem'].map(read));
  return { where: address, origin, tls: { ca, cert, key, rejectUnauthorized: !anyServer } };
}

function invalid(message: string, hint: string): Error {
  return engineError('DOCKER_HOST_INVALID', 'usage', message, hint);
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
