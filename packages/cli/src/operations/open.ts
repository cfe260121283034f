import path from 'node:path';
import type { Environment, ImagePolicy, Place, ProviderSource } from '@sindri/core';
import { core, vault } from '../lazy.js';
import { platformTitle } from '../format/platform-title.js';
import { gitRepositories } from '../git-repositories.js';
import { registries } from '../registries.js';
import { overlayLocal } from '../local-platform.js';
import type { Shell } from '../shell.js';
import { coreError } from '../error.js';

export interface OpenRequest {
  /** A path; without it the file is searched for. */
  config?: string | { text: string; file: string };
  /** Use the provider's local emulator. */
  local: boolean;
  /** Instead of the image that the file names. */
  image?: string;
  /** Built from source, whatever the file says. */
  fromSource?: boolean;
  /** It is going to be deployed: what stops that is told before anything is started. */
  deploys?: boolean;
  /** Where secrets come from instead of `.env.local` and `.env`. */
  envFile?: string;
  /** How its image is found. Default: as the config says. */
  images?: Partial<Omit<ImagePolicy, 'source'>>;
}

/** Opens the environment that the command line means. The config is read once, whatever provider it turns out to name. */
export async function openFor(shell: Shell, request: OpenRequest): Promise<Environment> {
  const environment = await core().openEnvironment({
    config: request.config,
    cwd: shell.cwd,
    providers: shell.providers(),
    env: shell.env,
    deploys: request.deploys,
    ...(request.local ? { place: (provider: string) => localPlaceIfKnown(shell, provider) } : {}),
    overrides: { image: request.image, fromSource: request.fromSource },
    ...(request.envFile === undefined ? {} : { envFile: request.envFile }),
    vault: (question, context) => vault().readVault(question, context),
    images: { source: registries(), ...request.images },
    sources: gitRepositories(),
    redactor: shell.redactor,
    onEvent: shell.emit,
    signal: shell.signal,
  });
  shell.working(`Ask ${platformTitle(environment.provider.title, request.local)} about ${environment.spec.name}`);
  return environment;
}

/** The variables and the directory for work with a local emulator, which is started when it does not run yet. */
export async function localPlace(shell: Shell, provider: string): Promise<Place> {
  const local = await startLocal(shell, provider);
  const { title } = await shell.providers().get(provider);
  return {
    title: platformTitle(title, true),
    env: overlayLocal(shell.env, local),
    // Pinned host keys and made key pairs of a name in the cloud are not those of the same name here.
    stateDir: stateDirFor(shell, { local: true }),
  };
}

/** Where what belongs to this user's environments is kept: with `--local`, apart from those in the cloud. */
export function stateDirFor({ env }: Shell, { local }: Pick<OpenRequest, 'local'>): string {
  const directory = core().defaultStateDir(env);
  return local ? path.join(directory, 'local') : directory;
}

/** Starts, or finds running, the local emulator of a provider; returns the variables that lead there, and hides its tokens. */
export async function startLocal(shell: Shell, provider: string): Promise<Record<string, string>> {
  const source = sourceCalled(shell, provider);
  if (source === undefined) {
    const message = `There is no provider called ${JSON.stringify(provider)}.`;
    throw coreError({ code: 'PROVIDER_NOT_FOUND', kind: 'usage', message });
  }
  const local = await shell.startLocal(source);
  for (const value of core().secretValues(local)) shell.redactor.add(value);
  return local;
}

/** A provider that is not there is a mistake in the config, which is told together with all others. */
async function localPlaceIfKnown(shell: Shell, provider: string): Promise<Place> {
  if (sourceCalled(shell, provider) !== undefined) return localPlace(shell, provider);
  return { env: shell.env, stateDir: core().defaultStateDir(shell.env) };
}

/** Where the provider of this name comes from. */
export function sourceCalled(shell: Shell, name: string): ProviderSource | undefined {
  return shell
    .providers()
    .list()
    .find((candidate) => candidate.name === name);
}
