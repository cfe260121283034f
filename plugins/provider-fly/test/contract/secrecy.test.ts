import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { inspect } from 'node:util';
import { openEnvironment, type Environment, type SindriEvent } from '@sindri/core';
import { createFlyProvider } from '../../src/index';
import { fastClock } from '../support/context';
import { startScriptedFly, type ScriptedAnswer, type ScriptedFly, type SeenRequest } from '../support/scripted-fly';

/** Of no shape that anybody could recognise: hidden only because the provider says so. */
const token = 'plainlookingcredential77';
/** Two lines, so that each of them must be hidden by itself. */
const secret = 'canary first line 4f9c\ncanary second line 88bb';
const forbidden = [token, ...secret.split('\n')];

const config = `version: "1.0"
name: secretive
deployment:
  provider: fly
providers:
  fly:
    region: sjc
secrets:
  - name: APP_SETTING
    source: env
    required: true
`;

const running = {
  id: 'm1',
  name: 'secretive-1',
  state: 'started',
  region: 'sjc',
  instance_id: 'v1',
  config: {
    image: 'x',
    metadata: { sindri_env: 'secretive' },
    services: [{ internal_port: 2222, ports: [{ port: 10022 }] }],
  },
};

/** Everything that leaves the process passes the one redactor, which is core's: this provider has none of its own. */
describe('secrets of the platform and of the environment', () => {
  let fly: ScriptedFly;
  let home: string;
  let events: SindriEvent[];

  const open = async (answers: (request: SeenRequest) => ScriptedAnswer): Promise<Environment> => {
    fly = await startScriptedFly(answers);
    home = mkdtempSync(path.join(tmpdir(), 'sindri-secrecy-'));
    mkdirSync(path.join(home, '.fly'));
    writeFileSync(path.join(home, '.fly/config.yml'), `access_token: ${token}\n`);
    events = [];
    return openEnvironment({
      config: { text: config },
      cwd: home,
      providers: [createFlyProvider()],
      env: { HOME: home, FLY_FLAPS_BASE_URL: fly.url, FLY_API_BASE_URL: fly.url, APP_SETTING: secret },
      stateDir: path.join(home, 'state'),
      clock: fastClock(500),
      onEvent: (event) => events.push(event),
    });
  };

  afterEach(async () => {
    await fly.stop();
    rmSync(home, { recursive: true, force: true });
  });

  /** Whatever of it can be printed: the document, and all that hangs on the object. */
  const shown = (value: unknown): string =>
    [JSON.stringify(value), inspect(value, { depth: 20, showHidden: true })].join('\n');
  const leaks = (text: string): string[] => forbidden.filter((one) => text.includes(one));

  const attempts: [string, (environment: Environment) => Promise<unknown>][] = [
    ['check', (environment) => environment.check()],
    ['plan', (environment) => environment.plan()],
    ['status', (environment) => environment.status()],
    ['session', (environment) => environment.session({ command: 'true' })],
    ['dial', (environment) => environment.dial({ port: 80 })],
    ['ssh target', (environment) => environment.sshTarget()],
    ['exec', (environment) => environment.exec({ command: ['true'] })],
    ['start', (environment) => environment.start()],
    ['stop', (environment) => environment.stop()],
    ['logs', (environment) => environment.logs({ follow: false })[Symbol.asyncIterator]().next()],
  ];

  it.each([422, 500])(
    'do not leak through refusals that quote the request, HTTP %i',
    async (status) => {
      const environment = await open(({ headers, method }) => ({
        status,
        body: { error: `refused ${method} with ${headers.authorization?.replace('Bearer ', '')} and ${secret}` },
      }));
      for (const [name, attempt] of attempts) {
        const outcome: unknown = await attempt(environment).catch((error: unknown) => error);
        expect([name, leaks(shown(outcome))]).toEqual([name, []]);
      }
      expect(leaks(shown(events))).toEqual([]);
      // The texts were really there to be searched, and the token was really sent.
      expect(shown(events)).toContain('refused');
      expect(fly.seen.some(({ headers }) => headers.authorization?.includes(token))).toBe(true);
    },
    60_000,
  );

  it('do not leak through the last log lines of a machine that ended, or through its log', async () => {
    let started = false;
    const exited = { type: 'exit', timestamp: 3, request: { exit_event: { exit_code: 1, requested_stop: false } } };
    const environment = await open(({ method, path: asked }) => {
      if (asked.includes('/logs')) {
        const line = (message: string) => ({
          id: '1',
          attributes: { timestamp: '2026-01-01T00:00:00Z', message, instance: 'm1' },
        });
        return {
          body: { data: [line(`boot with ${token}`), ...secret.split('\n').map(line)], meta: { next_token: '' } },
        };
      }
      if (asked.endsWith('/start')) started = true;
      const events = started ? [exited, { type: 'start', timestamp: 2 }] : [];
      const machine = { ...running, state: 'stopped', events };
      if (asked.endsWith('/machines')) return { body: [machine] };
      if (asked.endsWith('/machines/m1')) return { body: machine };
      if (asked.endsWith('/ip_assignments')) return { body: { ips: [] } };
      if (asked.endsWith('/lease')) return { status: 404, body: { error: 'lease not found' } };
      if (asked.includes('/wait')) return { status: 408, body: { error: 'deadline_exceeded' } };
      return { body: method === 'GET' ? [] : {} };
    });
    const failure: unknown = await environment.start().catch((error: unknown) => error);
    expect(failure).toMatchObject({
      code: 'FLY_MACHINE_EXITED',
      hint: expect.stringContaining('boot with'),
      details: { lastLogLines: { length: 3 } },
    });
    expect(leaks(shown(failure))).toEqual([]);
    expect(leaks(shown(events))).toEqual([]);
    const lines = [];
    for await (const line of environment.logs({ follow: false })) lines.push(line);
    expect(lines.length).toBeGreaterThan(0);
    expect(leaks(shown(lines))).toEqual([]);
  }, 60_000);

  it('do not leak through what a command in the machine wrote when that ends up in an error', async () => {
    const environment = await open(({ path: asked }) => {
      if (asked.endsWith('/exec')) return { status: 412, body: { error: `cat: ${secret}: no such file (${token})` } };
      if (asked.endsWith('/machines')) return { body: [running] };
      if (asked.endsWith('/ip_assignments')) return { body: { ips: [{ ip: '203.0.113.1' }] } };
      return { body: running };
    });
    const failure: unknown = await environment.session({ command: 'true' }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'FLY_HOST_KEYS_UNKNOWN', message: expect.stringContaining('no such file') });
    expect(leaks(shown(failure))).toEqual([]);
    expect(leaks(shown(events))).toEqual([]);
  }, 60_000);
});
