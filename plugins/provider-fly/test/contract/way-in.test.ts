import type { Environment, SindriError, SindriEvent } from '@sindri/core';
import { ownTime } from '../../../../test/own-time';
import { recorded } from '../../../../test/recorded/recorded';
import { createFlyProvider } from '../../src/index';
import { openEnvironment, systemClock } from '@sindri/core';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { quickstart } from '../support/workplace';
import { startScriptedFly, type ScriptedAnswer, type ScriptedFly } from '../support/scripted-fly';

/** Whether there is a way in at all is found out first: on real time, because the seconds are the point. */
describe('before a connection is tried', () => {
  let fly: ScriptedFly;
  let home: string;
  let events: SindriEvent[];

  const machine = (changes: object): object => ({
    ...recorded('machineStopped'),
    name: 'my-sindri-fly-1',
    events: [],
    config: {
      metadata: { sindri_env: 'my-sindri-fly' },
      services: [{ internal_port: 2222, ports: [{ port: 10022 }] }],
    },
    ...changes,
  });
  const lines = { data: [{ attributes: { message: 'disk image is malformed' } }], meta: { next_token: '' } };

  const open = async (
    changes: object,
    { ip = '127.0.0.1', exec = { body: {} } }: { ip?: string; exec?: ScriptedAnswer } = {},
  ): Promise<Environment> => {
    fly = await startScriptedFly(({ path: asked }) => {
      if (asked.includes('/logs')) return { body: lines };
      if (asked.endsWith('/machines')) return { body: [machine(changes)] };
      if (asked.endsWith('/ip_assignments')) return { body: { ips: [{ ip, shared: false }] } };
      if (asked.endsWith('/exec')) return exec;
      if (/\/machines\/\w+$/.test(asked)) return { body: machine(changes) };
      return { status: 404, body: '404 page not found' };
    });
    home = mkdtempSync(path.join(tmpdir(), 'sindri-way-'));
    events = [];
    return openEnvironment({
      config: { text: quickstart },
      cwd: home,
      providers: [createFlyProvider()],
      env: { HOME: home, FLY_API_TOKEN: 'fo1_test', FLY_FLAPS_BASE_URL: fly.url, FLY_API_BASE_URL: fly.url },
      stateDir: path.join(home, 'state'),
      onEvent: (event) => events.push(event),
      clock: systemClock,
    });
  };
  const execCalls = (): number => fly.seen.filter(({ path: asked }) => asked.endsWith('/exec')).length;
  const phases = (): string[] => events.flatMap((event) => (event.type === 'phase.started' ? [event.title] : []));
  const failure = async (attempt: Promise<unknown>): Promise<SindriError> => {
    const time = ownTime();
    const error = await attempt
      .then(
        () => Promise.reject(new Error('no refusal')),
        (thrown: unknown) => thrown as SindriError,
      )
      .finally(() => time.stop());
    expect(time.elapsedMs()).toBeLessThan(5_000);
    return error;
  };
  const both: [string, (environment: Environment) => Promise<unknown>][] = [
    ['connect', (environment) => environment.session({ command: 'true' })],
    ['exec', (environment) => environment.exec({ command: ['true'] })],
  ];

  afterEach(async () => {
    await fly.stop();
    rmSync(home, { recursive: true, force: true });
  });

  it.each(both)('%s: a failed machine is told in its own words', async (_name, attempt) => {
    const environment = await open({ state: 'failed', events: recorded('machineStopped').events });
    expect(await failure(attempt(environment))).toMatchObject({
      code: 'FLY_MACHINE_FAILED',
      message: expect.stringMatching(/calls it failed, .* exit code 127/),
      hint: expect.stringContaining('disk image is malformed'),
    });
    expect(execCalls()).toBe(0);
  });

  it.each(both)('%s: so is a host that does not answer', async (_name, attempt) => {
    const environment = await open({ state: 'started', host_status: 'unreachable' });
    expect(await failure(attempt(environment))).toMatchObject({ code: 'FLY_HOST_UNREACHABLE', kind: 'incomplete' });
    expect(execCalls()).toBe(0);
  });

  it('exec: a machine that ended by itself is told with its exit code and last lines', async () => {
    const environment = await open({ state: 'stopped', events: recorded('machineStopped').events });
    expect(await failure(environment.exec({ command: ['true'] }))).toMatchObject({
      code: 'FLY_MACHINE_EXITED',
      message: expect.stringContaining('exit code 127'),
      hint: expect.stringContaining('disk image is malformed'),
      details: { exitCode: 127 },
    });
  });

  it('connect: no way to any address is told before the machine is asked for anything', async () => {
    // The broadcast address refuses every TCP connection, on every computer.
    const environment = await open({ state: 'started' }, { ip: '255.255.255.255' });
    expect(await failure(environment.session({ command: 'true' }))).toMatchObject({
      code: 'SSH_UNREACHABLE',
      message: expect.stringContaining('255.255.255.255'),
    });
    expect(execCalls()).toBe(0);
  });

  it.each([
    ['a router that does not know the call', { status: 404, body: '404 page not found' }],
    ['a server without it', { status: 405, body: { error: 'method not allowed' } }],
    ['an answer that is none', { body: [] }],
    ['a machine without a shell', { body: { exit_code: 127, stdout: '', stderr: 'sh: not found' } }],
  ])('connect: a platform that cannot tell host keys is believed at once: %s', async (_what, exec) => {
    const environment = await open({ state: 'started' }, { exec });
    expect(await failure(environment.session({ command: 'true' }))).toMatchObject({ code: 'FLY_HOST_KEYS_UNKNOWN' });
    expect(execCalls()).toBe(1);
    expect(phases()).toContain('Learn the host key through the API');
  });

  it('connect: a machine without keys yet is asked again, for a while, and each time that is told', async () => {
    const environment = await open({ state: 'started' }, { exec: { status: 500, body: { error: 'internal' } } });
    expect(await failure(environment.session({ command: 'true' }))).toMatchObject({
      code: 'FLY_HOST_KEYS_UNKNOWN',
      hint: expect.not.stringContaining('SSH server'),
    });
    expect(execCalls()).toBe(3);
    expect(phases().filter((title) => title.startsWith('Learn the host key of machine'))).not.toEqual([]);
  });
});
