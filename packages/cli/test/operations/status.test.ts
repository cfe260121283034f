import { SindriError } from '@sindri/core';
import { watchStatus } from '../../src/operations/status';
import { fakeEnvironment, fakeShell, summary } from '../fakes';

const request = {
  intervalMs: 1,
  commands: { deploy: 'sindri deploy', destroy: 'sindri destroy', logs: 'sindri logs' },
};

describe('watchStatus', () => {
  it('shows every other state once, until interrupted', async () => {
    const states = ['creating', 'creating', 'running', 'running'] as const;
    let looks = 0;
    const shell = fakeShell({
      sleep: async () => {
        if (looks === states.length) shell.interrupt();
      },
    });
    const environment = fakeEnvironment({ status: async () => summary({ state: states[looks++] }) });
    const last = await watchStatus(environment, shell, request);
    expect(shell.updates).toEqual([summary({ state: 'creating' }), summary({ state: 'running' })]);
    expect(last?.state).toBe('running');
  });

  it('survives a look that fails for a passing reason', async () => {
    let looks = 0;
    const shell = fakeShell({
      sleep: async () => {
        if (looks === 2) shell.interrupt();
      },
    });
    const environment = fakeEnvironment({
      status: async () => {
        if (looks++ === 0) {
          throw new SindriError({ code: 'FLY_UNREACHABLE', kind: 'transport', message: 'No answer.', retryable: true });
        }
        return summary();
      },
    });
    await watchStatus(environment, shell, request);
    expect(shell.said.join()).toContain('No answer.');
    expect(shell.updates).toHaveLength(1);
  });

  it('ends with any other failure', async () => {
    const environment = fakeEnvironment({
      status: async () => {
        throw new SindriError({ code: 'FLY_TOKEN_REFUSED', kind: 'auth', message: 'Refused.' });
      },
    });
    await expect(watchStatus(environment, fakeShell(), request)).rejects.toMatchObject({ kind: 'auth' });
  });
});
