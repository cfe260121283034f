import { coreError } from '../model/core-error.js';
import type { Provider } from './contract.js';
import type { SessionOptions } from './requests.js';

/** Refuses, with `CAPABILITY_UNSUPPORTED`, an SSH agent that the provider cannot forward. */
export function requireAgentForwarding(provider: Provider, { forwardAgent }: SessionOptions): void {
  if (forwardAgent === undefined || provider.forwardsAgent === true) return;
  throw coreError({
    code: 'CAPABILITY_UNSUPPORTED',
    kind: 'usage',
    message: `The provider "${provider.name}" cannot forward an SSH agent into a session.`,
    hint:
      provider.sshTarget === undefined
        ? 'Ask for the session without it.'
        : 'Ask for the session without it, or connect over SSH: sshTarget() says how.',
    details: { provider: provider.name, capability: 'session', member: 'forwardsAgent' },
  });
}
