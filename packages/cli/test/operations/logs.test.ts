import type { LogLine } from '@sindri/core';
import { showLogs } from '../../src/operations/logs';
import { fakeEnvironment, fakeShell } from '../fakes';

const line = (message: string): LogLine => ({ timestamp: 't', source: 'app', level: 'info', instance: 'm', message });

describe('showLogs', () => {
  it('streams lines and returns them when they are wanted', async () => {
    const environment = fakeEnvironment({
      logs: async function* () {
        yield line('one');
        yield line('two');
      },
    });
    const shell = fakeShell();
    const result = await showLogs(environment, shell, { follow: false }, { collect: true });
    expect(shell.streamed.map(([, text]) => text)).toEqual(['t app[m] info: one', 't app[m] info: two']);
    expect(shell.streamed[0]?.[0]).toMatchObject({ type: 'log.line', message: 'one' });
    expect(result.lines.map(({ message }) => message)).toEqual(['one', 'two']);
  });

  it('takes an interrupt while following for the end', async () => {
    const shell = fakeShell();
    const environment = fakeEnvironment({
      logs: async function* () {
        yield line('one');
        shell.interrupt();
        throw new Error('aborted');
      },
    });
    expect((await showLogs(environment, shell, { follow: true }, { collect: false })).lines).toEqual([]);
  });

  it('lets any other failure out', async () => {
    const environment = fakeEnvironment({
      logs: async function* () {
        throw new Error('no logs today');
      },
    });
    await expect(showLogs(environment, fakeShell(), { follow: true }, { collect: false })).rejects.toThrow('no logs');
  });
});
