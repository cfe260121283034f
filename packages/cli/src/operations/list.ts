import type { EnvironmentOverview } from '@sindri/core';
import { core } from '../lazy.js';
import { coreError } from '../error.js';
import type { Shell } from '../shell.js';
import { localPlace } from './open.js';

export interface ListRequest {
  /** Use the local emulators instead of the clouds. */
  local: boolean;
  /** Only these providers; empty = all that can tell. */
  providers: readonly string[];
}

export interface ListResult extends EnvironmentOverview {
  schema: 'sindri.list/1';
  /** `false`: there may be more, see `unobserved`. */
  complete: boolean;
}

/**
 * Every environment of this person, without a config. With `local`, only providers that have a local emulator are asked. Rejects with
 * the failure of a provider that was asked alone, and with `CAPABILITY_UNSUPPORTED` when one was named that cannot tell.
 */
export async function listAll(shell: Shell, { local, providers }: ListRequest): Promise<ListResult> {
  const registry = shell.providers();
  const withEmulator = registry.list().flatMap((source) => (source.local === undefined ? [] : [source.name]));
  const only = providers.length > 0 ? providers : local ? withEmulator : undefined;
  const overview = await core().listEnvironments({
    providers: registry,
    ...(only === undefined ? {} : { only }),
    env: shell.env,
    ...(local ? { place: (provider: string) => localPlace(shell, provider) } : {}),
    redactor: shell.redactor,
    onEvent: shell.emit,
    signal: shell.signal,
  });
  requireAble(overview, providers);
  requireAnswer(overview);
  // A provider that this person does not use has nothing of theirs; but of nobody at all nothing can be said.
  const isWhole = overview.unobserved.every(({ error }) => error?.notSetUp);
  return { schema: 'sindri.list/1', complete: isWhole && overview.asked.length > 0, ...overview };
}

function requireAble({ unable }: EnvironmentOverview, named: readonly string[]): void {
  const [first] = unable.filter((name) => named.includes(name));
  if (first === undefined) return;
  throw coreError({
    code: 'CAPABILITY_UNSUPPORTED',
    kind: 'usage',
    message: `The provider "${first}" cannot list its environments.`,
    hint: 'Look at each with its own sindri.yaml: sindri status -c FILE',
    details: { provider: first, capability: 'environments' },
  });
}

/** Nothing at all was seen, for one reason: that is a failure, and an empty list would be a wrong answer. */
function requireAnswer({ asked, unobserved }: EnvironmentOverview): void {
  const [only, ...others] = unobserved;
  if (only === undefined || only.error === null || asked.length > 0 || others.length > 0) return;
  const { SindriError } = core();
  const { code, kind, hint, retryable } = only.error;
  throw new SindriError({
    code: code as ConstructorParameters<typeof SindriError>[0]['code'],
    kind: kind as ConstructorParameters<typeof SindriError>[0]['kind'],
    message: only.message,
    retryable,
    details: { provider: only.provider },
    ...(hint === undefined ? {} : { hint }),
  });
}
