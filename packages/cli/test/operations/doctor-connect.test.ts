import { PassThrough } from 'node:stream';
import {
  SindriError,
  type CallOptions,
  type ConnectionState,
  type Environment,
  type EnvironmentState,
} from '@sindri/core';
import { plainCommand } from '../../src/next-commands';
import { walkIn } from '../../src/operations/doctor-connect';

const stuck = new SindriError({ code: 'SSH_UNREACHABLE', kind: 'transport', message: 'No way.', hint: 'Find one.' });

/** An environment whose connection takes these steps; with `fails` in the last of them. */
function environmentOf(
  state: EnvironmentState,
  { connections = [] as ConnectionState[], steps = [] as string[], fails = false, code = 0 } = {},
): Environment {
  const provider = { title: 'Paper', capabilities: ['session'] };
  const status = () => Promise.resolve({ environment: 'web', state, connections });
  const streams = { stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough() };
  const session = (_request: object, { onEvent }: CallOptions = {}) => {
    for (const phase of steps) onEvent?.({ type: 'phase.started', phase, title: `Do ${phase}` } as never);
    return fails ? Promise.reject(stuck) : Promise.resolve({ ...streams, exited: Promise.resolve({ code }) });
  };
  return { provider, status, session } as unknown as Environment;
}

const walk = async (environment: Environment) =>
  (await walkIn(environment, plainCommand, new AbortController().signal)).map(({ id, status, fix }) =>
    fix === undefined ? `${id}: ${status}` : `${id}: ${status}, ${fix}`,
  );

describe('the way in', () => {
  it('ends at an environment that is not there', async () => {
    expect(await walk(environmentOf('absent'))).toEqual([expect.stringMatching(/^environment: failed, .*deploy/)]);
  });

  it('is told step by step, and the first that fails with what to do', async () => {
    const connections = [
      { method: 'direct', unavailable: null },
      { method: 'tls', unavailable: 'There is no port.' },
    ];
    const before = ['environment: ok', 'method-direct: ok', 'method-tls: skipped'];
    const steps = ['dial', 'handshake'];
    expect(await walk(environmentOf('running', { connections, steps }))).toEqual([
      ...before,
      'dial: ok',
      'handshake: ok',
      'command: ok',
    ]);
    expect(await walk(environmentOf('running', { connections, steps, fails: true }))).toEqual([
      ...before,
      'dial: ok',
      'handshake: failed, Find one.',
    ]);
  });

  it('needs no steps that a platform does not have', async () => {
    expect(await walk(environmentOf('running', { fails: true }))).toEqual([
      'environment: ok',
      'command: failed, Find one.',
    ]);
    expect(await walk(environmentOf('running', { code: 1 }))).toEqual([
      'environment: ok',
      'command: failed, Look at its logs.',
    ]);
  });
});
