import type { Provider, SignInDoor } from '@sindri/core';
import { coreError } from '../error.js';
import { core } from '../lazy.js';
import type { Shell } from '../shell.js';
import { localPlace } from './open.js';

export interface SignInPlace {
  /** The name of a provider. */
  provider?: string;
  /** Sign in to its local emulator. */
  local: boolean;
}

/** The way to sign in at the provider that is meant: the one that was named, or the only one that has such a way. */
export async function openDoor(shell: Shell, { provider, local }: SignInPlace): Promise<SignInDoor> {
  if (provider !== undefined) return doorOf(shell, await shell.providers().get(provider), local);
  const [first, ...others] = await providersWithSignIn(shell, local);
  if (first === undefined) throw nobody();
  if (others.length > 0) throw several([first, ...others]);
  return doorOf(shell, first, local);
}

/** The ways of all installed providers that have one, or of the one that was named. */
export async function openDoors(shell: Shell, { provider, local }: SignInPlace): Promise<SignInDoor[]> {
  if (provider !== undefined) return [await openDoor(shell, { provider, local })];
  const providers = await providersWithSignIn(shell, local);
  if (providers.length === 0) throw nobody();
  return Promise.all(providers.map((one) => doorOf(shell, one, local)));
}

/** A provider that cannot be loaded is told by `doctor`, and signs nobody in. With `local`, only those with an emulator are meant. */
async function providersWithSignIn(shell: Shell, local: boolean): Promise<Provider[]> {
  const registry = shell.providers();
  const usable = registry.list().filter((source) => !local || source.local !== undefined);
  const names = [...new Set(usable.map(({ name }) => name))];
  const loaded = await Promise.all(names.map((name) => registry.get(name).catch(() => null)));
  return loaded.filter((provider) => provider !== null).filter(({ signIn }) => signIn !== undefined);
}

async function doorOf(shell: Shell, provider: Provider, local: boolean): Promise<SignInDoor> {
  const { openSignIn, defaultStateDir } = core();
  const options = { provider, redactor: shell.redactor, onEvent: shell.emit, signal: shell.signal };
  // A provider without it says so before anything is started.
  const door = openSignIn({ ...options, env: shell.env, stateDir: defaultStateDir(shell.env) });
  return local ? openSignIn({ ...options, ...(await localPlace(shell, provider.name)) }) : door;
}

function nobody() {
  return coreError({
    code: 'CAPABILITY_UNSUPPORTED',
    kind: 'usage',
    message: 'No installed provider has a sign-in.',
    hint: 'What they need, and how to give it: sindri doctor',
    details: { capability: 'signIn' },
  });
}

function several(providers: readonly Provider[]) {
  const names = providers.map(({ name }) => name);
  return coreError({
    code: 'USAGE',
    kind: 'usage',
    message: `Several providers have a sign-in: ${names.join(', ')}.`,
    hint: `Say which one is meant: --provider ${names[0] ?? 'NAME'}`,
    details: { providers: names },
  });
}
