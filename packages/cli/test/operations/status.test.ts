import { SindriError } from '@sindri/core';
import { watchStatus } from '../../src/operations/status';
import { fakeEnvironment, fakeShell, plain, summary } from '../fakes';

const passing = new SindriError({
  code: 'FLY_UNREACHABLE',
  kind: 'transport',
  message: 'No answer.',
  retryable: true,
});

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
    expect(shell.updates).toEqual([
      { schema: 'sindri.status/1', ...summary({ state: 'creating' }) },
      { schema: 'sindri.status/1', ...summary({ state: 'running' }) },
    ]);
    expect(last?.state).toBe('running');
  });

  it('draws every look where it can be drawn, with the time of it, and nothing else', async () => {
    let looks = 0;
    const frames: string[] = [];
    const shell = fakeShell({
      redraw: (text, below) => frames.push(`${text(plain)}\n\n${below(plain)}`) > 0,
      sleep: async () => {
        if (looks === 3) shell.interrupt();
      },
    });
    const environment = fakeEnvironment({
      status: async () => {
        if (looks++ === 1) throw passing;
        return summary();
      },
    });
    await watchStatus(environment, shell, { ...request, intervalMs: 5000 });
    expect(frames).toHaveLength(3);
    expect(frames[0]).toMatch(/running[\s\S]*\n\nLooked at 12:03:30 UTC, every 5 s\. Ctrl-C ends\.$/);
    // What was seen last stays, with the reason why there is nothing newer.
    expect(frames[1]).toMatch(/running[\s\S]*\n\nCould not look: No answer\. Trying again\.$/);
    expect([shell.updates, shell.said]).toEqual([[], []]);
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
        if (looks++ === 0) throw passing;
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
