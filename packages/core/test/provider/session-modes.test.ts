import type { SessionMode, SessionRequest } from '../../src/model/session.js';
import type { Provider } from '../../src/provider/contract.js';
import { requireSessionMode } from '../../src/provider/session-modes.js';
import { emptyWorld, fakeProvider } from '../fake-provider.js';

const terminal = { type: 'xterm', columns: 80, rows: 24 };

function providerWith(sessionModes: SessionMode[] | undefined, extra: Partial<Provider> = {}): Provider {
  return fakeProvider(emptyWorld(), { ...(sessionModes === undefined ? {} : { sessionModes }), ...extra });
}

describe('requireSessionMode', () => {
  const requests: [string, SessionRequest, SessionMode[]][] = [
    ['a command', { command: 'ls' }, ['command']],
    ['a shell without a terminal', {}, ['command']],
    ['a shell in a terminal', { terminal }, ['terminal']],
    ['a command in a terminal', { command: 'htop', terminal }, ['command', 'terminal']],
  ];
  const offers: SessionMode[][] = [['command'], ['terminal'], ['command', 'terminal']];

  test.each(offers.flatMap((offered) => requests.map((request) => [offered, ...request] as const)))(
    'with %p: %s',
    (offered, _title, request, needed) => {
      const missing = needed.find((mode) => !offered.includes(mode));
      const ask = () => requireSessionMode(providerWith(offered), request);
      if (missing === undefined) expect(ask).not.toThrow();
      else {
        expect(ask).toThrow(
          expect.objectContaining({
            code: 'CAPABILITY_UNSUPPORTED',
            kind: 'usage',
            details: expect.objectContaining({ capability: 'session', mode: missing, sessionModes: offered }),
          }),
        );
      }
    },
  );

  test.each(requests)('a provider that says nothing offers all: %s', (_title, request) => {
    expect(() => requireSessionMode(providerWith(undefined), request)).not.toThrow();
  });

  test('the hint names what there is instead', () => {
    const exec = async () => ({ exitCode: 0, stdout: '', stderr: '' });
    expect(() => requireSessionMode(providerWith(['terminal']), { command: 'ls' })).toThrow(
      expect.objectContaining({
        message: 'The provider "fake" opens a login shell in a terminal, and nothing else.',
        hint: 'Ask for a session with a terminal and without a command.',
      }),
    );
    expect(() => requireSessionMode(providerWith(['terminal'], { exec }), { command: 'ls' })).toThrow(
      expect.objectContaining({
        hint: 'Ask for a session with a terminal and without a command, or run the command with exec().',
      }),
    );
    expect(() => requireSessionMode(providerWith(['command']), { terminal })).toThrow(
      expect.objectContaining({
        message: 'The provider "fake" cannot give a terminal.',
        hint: 'Ask for the session without a terminal.',
      }),
    );
  });
});
