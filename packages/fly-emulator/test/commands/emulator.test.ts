import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import type { DaemonInfo } from '../../src/daemon/daemon-file.js';
import { isProcessAlive } from '../../src/daemon/process-alive.js';
import { createRunner } from './run-command.js';

jest.setTimeout(60_000);

const { run: emulator, start: emulatorProcess } = createRunner();

let base: string;
let env: Record<string, string>;
let directory: string;
beforeEach(async () => {
  base = await mkdtemp(path.join(os.tmpdir(), 'sindri-emulator-'));
  env = { SINDRI_STATE_DIR: base };
  directory = path.join(base, 'emulator');
});
afterEach(async () => {
  await emulator(['stop'], env);
  await rm(base, { recursive: true, force: true });
});

interface Started {
  url: string;
  env: Record<string, string>;
  pid: number;
  runtime: string;
  stateDir: string;
  reused: boolean;
}

const start = async (...flags: string[]): Promise<Started> => {
  const result = await emulator(['start', '--json', ...flags], env);
  if (result.code !== 0) throw new Error(result.stdout + result.stderr);
  return result.json<Started>();
};

/** One call of the Machines API. */
async function call(started: Started, method: string, route: string, body?: object) {
  const response = await fetch(`${started.env.FLY_FLAPS_BASE_URL}/v1${route}`, {
    method,
    headers: { authorization: `Bearer ${started.env.FLY_API_TOKEN}`, 'content-type': 'application/json' },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? null : JSON.parse(text) };
}

/** An app with one machine that runs; resolves with the machine's id. */
async function deploy(started: Started): Promise<string> {
  await call(started, 'POST', '/apps', { app_name: 'my-app', org_slug: 'personal' });
  const config = { image: 'ghcr.io/pacphi/sindri:3', guest: { cpus: 1, cpu_kind: 'shared', memory_mb: 1024 } };
  const { body } = await call(started, 'POST', '/apps/my-app/machines', { name: 'm', region: 'sjc', config });
  await call(started, 'GET', `/apps/my-app/machines/${body.id}/wait?state=started`);
  return body.id;
}

/** Processes whose environment names the state directory, except the daemon. */
async function machineProcesses(): Promise<string[]> {
  if (!existsSync('/proc/self')) return [];
  const found: string[] = [];
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const environment = await readFile(`/proc/${pid}/environ`, 'latin1').catch(() => '');
    if (environment.includes(directory)) found.push(pid);
  }
  return found;
}

test('start, status, env, logs, stop: the way of a day', async () => {
  expect((await emulator(['status', '--json'], env)).json()).toMatchObject({ running: false });
  expect(await emulator(['env'], env)).toMatchObject({ code: 3, stderr: expect.stringContaining('emulator start') });

  const first = await start();
  expect(first).toMatchObject({ reused: false, runtime: 'processes', stateDir: directory });
  expect(await start()).toMatchObject({ reused: true, pid: first.pid, url: first.url });
  expect((await stat(path.join(directory, 'daemon.json'))).mode & 0o777).toBe(0o600);
  expect((await stat(directory)).mode & 0o777).toBe(0o700);

  await deploy(first);
  const variables = (await emulator(['env'], env)).stdout;
  expect(variables).toContain(`export FLY_FLAPS_BASE_URL='${first.url}'\n`);
  expect(variables).toContain(`export FLY_API_TOKEN='${first.env.FLY_API_TOKEN}'\n`);
  expect((await emulator(['env', '--flyctl', '--json'], env)).json().env).toEqual({
    FLY_API_BASE_URL: first.url,
    FLY_EDGE_CA_FILE: path.join(directory, 'certificate-authority.pem'),
    FLY_EDGE_LOW_PORTS_AT: '20000',
    FLY_FLAPS_BASE_URL: first.url,
    FLY_UIEX_BASE_URL: first.url,
    FLY_API_TOKEN: first.env.FLY_API_TOKEN,
    FLY_ACCESS_TOKEN: first.env.FLY_API_TOKEN,
    FLY_CONFIG_DIR: path.join(directory, 'flyctl'),
    FLY_NO_UPDATE_CHECK: '1',
    FLY_SEND_METRICS: '0',
    FLY_SYNTHETICS_AGENT: '0',
    FLY_WIRE_GUARD_WEBSOCKETS: 'false',
  });
  const [, secret = ''] = /^export FLY_EMULATOR_SECRET='([\w-]{40,})'$/m.exec(variables) ?? [];
  expect(await readFile(path.join(directory, 'daemon.json'), 'utf8')).toContain(secret);
  const state = (headers: Record<string, string>) => fetch(`${first.url}/_emulator/state`, { headers });
  expect((await state({})).status).toBe(401);
  expect((await state({ 'emulator-secret': secret })).status).toBe(200);
  const { greeting } = JSON.parse(await readFile(path.join(directory, 'daemon.json'), 'utf8')) as DaemonInfo;
  for (const command of ['status', 'start']) {
    const { stdout } = await emulator([command, '--json'], env);
    for (const hidden of [secret, greeting.challenge, greeting.proof]) expect(stdout).not.toContain(hidden);
  }
  expect((await emulator(['status'], env)).stdout).toContain('  my-app: m started');
  expect((await emulator(['status', '--json'], env)).stdout).not.toContain(first.env.FLY_API_TOKEN);
  expect((await emulator(['logs', 'my-app'], env)).stdout).toContain('Server listening on 0.0.0.0 port 2222.');
  const own = await emulator(['logs'], env);
  expect([own.stdout, own.stderr]).toEqual(['', expect.stringContaining('had no trouble')]);

  expect((await emulator(['stop', '--json'], env)).json()).toEqual({ schema: 'sindri.emulator-stop/1', stopped: true });
  expect(isProcessAlive(first.pid)).toBe(false);
  expect(await machineProcesses()).toEqual([]);
  expect((await emulator(['stop', '--json'], env)).json()).toEqual({
    schema: 'sindri.emulator-stop/1',
    stopped: false,
  });
});

test.each(['processes', 'simulated'])(
  'a client that asks after its create sees the start of a short command (%s)',
  async (runtime) => {
    const started = await start('--runtime', runtime);
    await call(started, 'POST', '/apps', { app_name: 'my-app', org_slug: 'personal' });
    const guest = { cpus: 1, cpu_kind: 'shared', memory_mb: 256 };
    const config = { image: 'nginx', guest, auto_destroy: true, init: { cmd: ['true'] } };
    const { body } = await call(started, 'POST', '/apps/my-app/machines', { config });
    const machine = `/apps/my-app/machines/${body.id}`;
    // What `flyctl machine run --rm` asks: first after its create, then for the end.
    expect((await call(started, 'GET', `${machine}/wait?state=started`)).status).toBe(200);
    expect((await call(started, 'GET', `${machine}/wait?state=started`)).status).toBe(200);
    expect((await call(started, 'GET', `${machine}/wait?state=destroyed`)).status).toBe(200);
  },
);

test('two starts at once make one emulator', async () => {
  const started = await Promise.all([start(), start(), start()]);
  expect(new Set(started.map(({ pid }) => pid)).size).toBe(1);
  expect(started.filter(({ reused }) => !reused)).toHaveLength(1);
});

test('machines come back with the next start; what a killed emulator left is ended', async () => {
  const first = await start();
  const id = await deploy(first);
  process.kill(first.pid, 'SIGKILL');
  // The stale file names a process that is no more.
  const second = await start();
  expect(second.reused).toBe(false);
  const { body } = await call(second, 'GET', `/apps/my-app/machines/${id}`);
  expect(body.state).toBe('started');

  process.kill(second.pid, 'SIGKILL');
  for (const left of ['state.json.new', 'logs/my-app.ndjson.new', 'daemon.json.123', 'daemon.lock.123']) {
    await writeFile(path.join(directory, left), 'half a file');
  }
  await emulator(['stop'], env);
  expect(await machineProcesses()).toEqual([]);
  const names = [...(await readdir(directory)), ...(await readdir(path.join(directory, 'logs')))];
  expect(names.filter((name) => /new|\d|lock|daemon\.json/.test(name))).toEqual([]);
});

test('another program that has taken the port is not believed, whatever it answers', async () => {
  await start();
  const known = JSON.parse(await readFile(path.join(directory, 'daemon.json'), 'utf8')) as DaemonInfo;
  process.kill(known.pid, 'SIGKILL');
  const asked: unknown[] = [];
  const other = createServer((request, response) => {
    const challenge = request.headers['emulator-challenge'];
    asked.push(challenge);
    response.end(JSON.stringify({ ok: true, proof: challenge }));
  });
  other.listen(0, '127.0.0.1');
  await once(other, 'listening');
  try {
    const url = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
    await writeFile(path.join(directory, 'daemon.json'), JSON.stringify({ ...known, url }));
    expect((await emulator(['status', '--json'], env)).json()).toMatchObject({ running: false });
    expect(asked).toEqual([known.greeting.challenge]);
    expect(await start()).toMatchObject({ reused: false });
    const fresh = JSON.parse(await readFile(path.join(directory, 'daemon.json'), 'utf8')) as DaemonInfo;
    expect(fresh.greeting).not.toEqual(known.greeting);
  } finally {
    other.close();
  }
});

test('a daemon file whose process id belongs to another program is not believed', async () => {
  const first = await start();
  await emulator(['stop'], env);
  const info = {
    pid: process.pid,
    url: first.url,
    runtime: 'processes',
    env: {},
    secret: 'x',
    startedAt: '',
    greeting: { challenge: 'c', proof: 'p' },
  };
  await writeFile(path.join(directory, 'daemon.json'), JSON.stringify(info));
  await writeFile(path.join(directory, 'daemon.lock'), '999999999');
  expect(await start()).toMatchObject({ reused: false });
});

describe('an emulator of another version', () => {
  let old: ChildProcess;
  beforeEach(async () => {
    const script = path.join(base, 'daemon-main.js');
    await writeFile(script, 'setInterval(() => undefined, 1000); process.stdout.write("up");');
    old = spawn(process.execPath, [script, JSON.stringify({ directory })], { stdio: ['ignore', 'pipe', 'ignore'] });
    await once(old.stdout!, 'data');
    await mkdir(directory);
    // It had no secret.
    const info = { pid: old.pid, url: 'http://127.0.0.1:9', runtime: 'processes', env: {}, startedAt: '' };
    await writeFile(path.join(directory, 'daemon.json'), JSON.stringify(info));
  });
  afterEach(() => old.kill('SIGKILL'));

  test('is told, and can be stopped', async () => {
    const status = await emulator(['status'], env);
    expect(status.stdout).toMatch(new RegExp(`runs \\(process ${old.pid}\\).*another.*emulator stop`));
    expect((await emulator(['status', '--json'], env)).json()).toMatchObject({
      running: false,
      unknownProcess: old.pid,
    });
    expect(await emulator(['env'], env)).toMatchObject({ code: 3, stderr: expect.stringContaining('emulator stop') });
    expect((await emulator(['stop', '--json'], env)).json()).toEqual({
      schema: 'sindri.emulator-stop/1',
      stopped: true,
    });
    expect(isProcessAlive(old.pid!)).toBe(false);
    expect((await emulator(['status', '--json'], env)).json()).toEqual({
      schema: 'sindri.emulator-status/1',
      running: false,
      stateDir: directory,
    });
  });

  test('is replaced by a start: two must not write into one directory', async () => {
    expect(await start('--runtime', 'simulated')).toMatchObject({ reused: false });
    expect(isProcessAlive(old.pid!)).toBe(false);
  });
});

test('a start that cannot succeed says why', async () => {
  const first = await start('--runtime', 'simulated');
  expect(first.runtime).toBe('simulated');
  const port = new URL(first.url).port;
  const other = await emulator(['start', '--port', port, '--state-dir', path.join(base, 'other')], env);
  expect(other).toMatchObject({ code: 3, stderr: expect.stringContaining('EADDRINUSE') });
});

test('faults are listed, switched on and cleared', async () => {
  const started = await start('--runtime', 'simulated');
  expect((await emulator(['faults'], env)).stdout).toContain('None is switched on.');
  expect(await emulator(['faults', 'add', 'no-such-fault'], env)).toMatchObject({ code: 2 });
  expect((await emulator(['faults', 'add', 'server-error', '--method', 'GET', '--times', '1'], env)).stderr).toBe('');
  expect((await call(started, 'GET', '/apps?org_slug=personal')).status).toBeGreaterThanOrEqual(500);
  expect((await emulator(['faults', 'clear', '--json'], env)).json()).toMatchObject({ active: [] });
});

test('in the foreground it ends with the signal', async () => {
  const child = emulatorProcess(['start', '--foreground', '--runtime', 'simulated'], env);
  const line = String(await once(child.stdout!, 'data'));
  expect(line).toMatch(/The local emulator is running: http:\/\/127\.0\.0\.1:\d+\. Ctrl-C stops it\./);
  expect(await start()).toMatchObject({ reused: true, pid: child.pid });
  expect(await emulator(['start', '--foreground'], env)).toMatchObject({ code: 3 });
  child.kill('SIGINT');
  const [code] = await once(child, 'exit');
  expect(code).toBe(0);
  expect((await emulator(['status', '--json'], env)).json()).toMatchObject({ running: false });
});

test('the daemon takes nothing of the environment with it', async () => {
  env.SECRET_OF_MINE = 'do-not-take';
  const { pid } = await start('--runtime', 'simulated');
  if (process.platform === 'linux')
    expect(await readFile(`/proc/${pid}/environ`, 'latin1')).not.toContain('do-not-take');
});

test('a relative --state-dir means the same for the command and the daemon', async () => {
  const { stateDir } = await start('--runtime', 'simulated', '--state-dir', path.relative(process.cwd(), directory));
  expect(stateDir).toBe(directory);
});
