import { core } from '../lazy.js';
import { coreError } from '../error.js';

/** What a provider may lack of a capability that it has. */
export type Missing = 'stop' | 'suspend' | 'command' | 'terminal' | 'forwardsAgent';

/**
 * Core names the method that a program would call instead of what the provider lacks; a person wants to know what to type.
 * Any other error stays as it is.
 */
export function adviseInstead(error: unknown, advice: Readonly<Partial<Record<Missing, string>>>): unknown {
  const { isSindriError } = core();
  if (!isSindriError(error) || error.code !== 'CAPABILITY_UNSUPPORTED') return error;
  const { code, message, details } = error;
  const hint = advice[(details['member'] ?? details['mode']) as Missing];
  return hint === undefined ? error : coreError({ code, kind: 'usage', message, hint, details, cause: error });
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
