import path from 'node:path';
import type { Environment, ProviderSource } from '@sindri/core';
import { core } from '../lazy.js';
import { overlayLocal } from '../local-platform.js';
import type { Env, Shell } from '../shell.js';

export interface OpenRequest {
  /** A path; without it the file is searched for. */
  config?: string;
  /** Use the provider's local stand-in. */
  local: boolean;
  /** Instead of the image that the file names. */
  image?: string;
}

/** Opens the environment that the command line means. */
export async function openFor(shell: Shell, request: OpenRequest): Promise<Environment> {
  const { openEnvironment } = core();
  const place = request.local
    ? await localPlace(shell, (await configuredProvider(shell, request)).name)
    : { env: shell.env, stateDir: undefined };
  const environment = await openEnvironment({
    config: request.config,
    cwd: shell.cwd,
    providers: shell.providers(),
    env: place.env,
    ...(place.stateDir === undefined ? {} : { stateDir: place.stateDir }),
    ...(request.image === undefined ? {} : { overrides: { image: request.image } }),
    onEvent: shell.emit,
    signal: shell.signal,
  });
  shell.hide(environment.redactor);
  return environment;
}

/** The variables and the directory for work with a local stand-in, which is started when it does not run yet. */
export async function localPlace(shell: Shell, provider: string): Promise<{ env: Env; stateDir: string }> {
  const local = await startLocal(shell, provider);
  return {
    env: overlayLocal(shell.env, local),
    // Pinned host keys and made key pairs of a name in the cloud are not those of the same name here.
    stateDir: path.join(core().defaultStateDir(shell.env), 'local'),
  };
}

/** Starts, or finds running, the local stand-in of a provider; returns the variables that lead there, and hides its tokens. */
export async function startLocal(shell: Shell, provider: string): Promise<Record<string, string>> {
  const local = await shell.startLocal(sourceCalled(shell, provider));
  const tokens = Object.entries(local).flatMap(([name, value]) => (/TOKEN|KEY/.test(name) ? [value] : []));
  shell.hide(core().createRedactor(tokens));
  return local;
}

async function configuredProvider(shell: Shell, { config }: OpenRequest): Promise<{ name: string }> {
  const { provider } = await core().loadConfig(
    { ...(config === undefined ? {} : { path: config }), cwd: shell.cwd },
    { env: shell.env, providers: shell.providers() },
  );
  return provider;
}

function sourceCalled(shell: Shell, name: string): ProviderSource {
  const source = shell
    .providers()
    .list()
    .find((candidate) => candidate.name === name);
  if (source !== undefined) return source;
  const { SindriError } = core();
  throw new SindriError({
    code: 'PROVIDER_NOT_FOUND',
    kind: 'usage',
    message: `There is no provider called "${name}".`,
  });
}
