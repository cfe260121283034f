import { PassThrough } from 'node:stream';
import { SindriError } from '@sindri/core';
import { openThrough, type SshConnection } from '@sindri/ssh';
import { connectAmongMachines } from '../../src/connection/among-machines';
import { jumpingClock } from '../support/context';

const machine = { id: 'm2', name: 'demo-2' };
const mismatch = new SindriError({ code: 'SSH_HOST_KEY_MISMATCH', kind: 'policy', message: 'another key' });

describe('connectAmongMachines', () => {
  const run = async (outcomes: (Error | SshConnection)[]) => {
    const opened: PassThrough[] = [];
    const openWhenConnecting: number[] = [];
    const via = openThrough('the edge', async () => {
      const stream = new PassThrough();
      opened.push(stream);
      return stream;
    });
    const context = { signal: new AbortController().signal, clock: jumpingClock() };
    const connect = async (): Promise<SshConnection> => {
      openWhenConnecting.push(opened.filter(({ destroyed }) => !destroyed).length);
      const outcome = outcomes[Math.min(openWhenConnecting.length, outcomes.length) - 1];
      if (outcome instanceof Error) throw outcome;
      return outcome as SshConnection;
    };
    const settled: unknown = await connectAmongMachines(machine, via, context, connect).catch(
      (error: unknown) => error,
    );
    return { settled, openWhenConnecting, left: opened.filter(({ destroyed }) => !destroyed).length };
  };

  it('keeps the wrong machines busy until the right one answers', async () => {
    const connection = {} as SshConnection;
    const { settled, openWhenConnecting, left } = await run([mismatch, mismatch, connection]);
    expect(settled).toBe(connection);
    expect(openWhenConnecting).toEqual([1, 2, 3]);
    expect(left).toBe(0);
  });

  it('gives up after a few tries, and says what can be done', async () => {
    const { settled, openWhenConnecting, left } = await run([mismatch]);
    expect(settled).toMatchObject({
      code: 'FLY_INSTANCE_NOT_REACHED',
      kind: 'transport',
      message: expect.stringContaining('demo-2'),
      hint: expect.stringContaining('--method api'),
    });
    expect(openWhenConnecting.length).toBeLessThan(10);
    expect(left).toBe(0);
  });

  it('does not repeat another failure', async () => {
    const refused = new SindriError({ code: 'SSH_AUTH_FAILED', kind: 'auth', message: 'no' });
    const { settled, openWhenConnecting, left } = await run([refused]);
    expect([settled, openWhenConnecting.length, left]).toEqual([refused, 1, 0]);
  });
});
