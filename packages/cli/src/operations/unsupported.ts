import type { SindriError } from '@sindri/core';
import { core } from '../lazy.js';
import { coreError } from '../error.js';
import { commandFor } from './intents.js';

/** What a provider may lack: a part of a capability that it has, or all of it. */
export type Missing = 'stop' | 'suspend' | 'command' | 'terminal' | 'forwardsAgent' | 'session';

/**
 * Core names the method that a program would call instead of what the provider lacks; a person wants to know what to type.
 * Any other error stays as it is.
 */
export function adviseInstead(error: unknown, advice: Readonly<Partial<Record<Missing, string>>>): unknown {
  const { isSindriError } = core();
  if (!isSindriError(error) || error.code !== 'CAPABILITY_UNSUPPORTED') return error;
  const { code, message, details } = error;
  const hint = advice[(details['member'] ?? details['mode'] ?? details['capability']) as Missing];
  return hint === undefined ? error : coreError({ code, kind: 'usage', message, hint, details, cause: error });
}

/** Capabilities that one command alone asks for, by its name. */
const COMMANDS = ['cost', 'diagnose', 'events', 'hold', 'logs'];

/** Core lists the capabilities and intents that there are; a person has typed a command. Any other error stays as it is. */
export function inTypedWords(error: SindriError): SindriError {
  const { code, details } = error;
  if (code !== 'CAPABILITY_UNSUPPORTED') return error;
  const { provider, intent, capability, instance } = details;
  const command =
    typeof intent === 'string'
      ? commandFor(intent)
      : COMMANDS.find((name) => name === capability && instance === undefined);
  if (command === undefined) return error;
  const hold = command === 'hold' ? 'Where nothing puts an environment to sleep, it stays awake without it. ' : '';
  return coreError({
    code,
    kind: 'usage',
    message: `The provider "${String(provider)}" cannot do what \`sindri ${command}\` asks for.`,
    hint: `${hold}What each provider can: sindri provider list`,
    details,
    cause: error,
  });
}

/** Core lists the names of the connection methods that there are; a person also wants to know what each of them is. */
export function adviseMethod(error: unknown, advice: string): unknown {
  const { isSindriError, nearest } = core();
  if (!isSindriError(error) || error.code !== 'CONNECTION_METHOD_UNKNOWN') return error;
  const { code, message, details } = error;
  const meant = nearest(String(details['method']), (details['methods'] ?? []) as string[]);
  const hint = meant === undefined ? advice : `Did you mean "${meant}"? ${advice}`;
  return coreError({ code, kind: 'usage', message, hint, details, cause: error });
}
