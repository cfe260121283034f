import { requireAgentForwarding } from '../../src/provider/agent-forwarding.js';
import { emptyWorld, fakeProvider } from '../fake-provider.js';

const plain = fakeProvider(emptyWorld());

test('an agent goes to a provider that says it can forward one, and to no other', () => {
  expect(() => requireAgentForwarding({ ...plain, forwardsAgent: true }, { forwardAgent: '/agent' })).not.toThrow();
  expect(() => requireAgentForwarding(plain, {})).not.toThrow();
  expect(() => requireAgentForwarding(plain, { forwardAgent: '/agent' })).toThrow(
    expect.objectContaining({
      code: 'CAPABILITY_UNSUPPORTED',
      message: 'The provider "fake" cannot forward an SSH agent into a session.',
      hint: 'Ask for the session without it.',
    }),
  );
});
