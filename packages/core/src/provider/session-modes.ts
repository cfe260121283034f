import type { SessionMode } from '../model/session.js';
import type { Provider } from './contract.js';
import type { SessionOptions } from './requests.js';
import { coreError } from '../model/core-error.js';

/** Every mode of this contract version. */
export const SESSION_MODES: readonly SessionMode[] = ['command', 'terminal'];

/** Refuses a session that the provider does not offer, with `CAPABILITY_UNSUPPORTED` and what to ask for instead. */
export function requireSessionMode(provider: Provider, request: SessionOptions): void {
  const offered = provider.sessionModes ?? SESSION_MODES;
  const missing = modesOf(request).find((mode) => !offered.includes(mode));
  if (missing === undefined) return;
  throw coreError({
    code: 'CAPABILITY_UNSUPPORTED',
    kind: 'usage',
    message: explain(provider, missing),
    hint: advise(provider, missing),
    details: {
      provider: provider.name,
      capability: 'session',
      mode: missing,
      sessionModes: [...offered],
      capabilities: [...provider.capabilities],
    },
  });
}

function modesOf({ command, terminal }: SessionOptions): SessionMode[] {
  if (terminal === undefined) return ['command'];
  return command === undefined ? ['terminal'] : ['command', 'terminal'];
}

function explain({ name }: Provider, missing: SessionMode): string {
  return missing === 'command'
    ? `The provider "${name}" opens a login shell in a terminal, and nothing else.`
    : `The provider "${name}" cannot give a terminal.`;
}

function advise({ exec }: Provider, missing: SessionMode): string {
  if (missing === 'terminal') return 'Ask for the session without a terminal.';
  const session = 'Ask for a session with a terminal and without a command';
  return exec === undefined ? `${session}.` : `${session}, or run the command with exec().`;
}
