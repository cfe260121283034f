import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EngineApi } from './engine/engine-api.js';
import { describeWithEngine } from './engine/gate.js';
import { engineIn, sharedEngine, type RunningEngine } from './engine/shared-engine.js';
import { startEngine } from './engine/start-engine.js';
import { rootTar } from './image/test-image.js';
import { startRegistry } from './registry/registry.js';

interface Inspected {
  State: { Status: string; ExitCode: number };
  NetworkSettings: { Ports: Record<string, { HostIp: string; HostPort: string }[]> };
}

/** Makes and starts a container; returns its id. */
async function run(api: EngineApi, config: object): Promise<string> {
  const { Id } = await api.call<{ Id: string }>('POST', '/containers/create', { json: config });
  await api.call('POST', `/containers/${Id}/start`);
  return Id;
}

async function logsOf(api: EngineApi, id: string): Promise<string> {
  return api.call<string>('GET', `/containers/${id}/logs?stdout=1&stderr=1`);
}

async function until(done: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 100_000; !(await done()); await sleep(50)) {
    if (Date.now() > end) throw new Error('it does not come to pass');
  }
}

describeWithEngine('the engine, image and registry of the Docker tests', () => {
  let engine: RunningEngine;
  let api: EngineApi;
  beforeAll(async () => {
    engine = await sharedEngine();
    api = engine.api;
  });

  const stops: (() => Promise<void>)[] = [];
  afterEach(() => Promise.all(stops.splice(0).map((stop) => stop())));

  test('the image boots on a volume, makes host keys once, and its sshd answers at a published loopback port', async () => {
    const { Id: network } = await api.call<{ Id: string }>('POST', '/networks/create', { json: { Name: 'ground' } });
    const config = {
      Image: 'sindri-test:1',
      Env: ['AUTHORIZED_KEYS=ssh-ed25519 AAAA somebody', 'INSTALL_PROFILE=minimal'],
      HostConfig: {
        NetworkMode: 'ground',
        Mounts: [{ Type: 'volume', Source: 'ground-home', Target: '/alt/home/developer' }],
        PortBindings: { '2222/tcp': [{ HostIp: '127.0.0.1', HostPort: '' }] },
      },
    };
    const boot = async (): Promise<{ banner: string; hostKey: string }> => {
      const id = await run(api, config);
      await until(async () => (await logsOf(api, id)).includes('ready'));
      const { NetworkSettings } = await api.call<Inspected>('GET', `/containers/${id}/json`);
      const banner = await bannerAt(Number(NetworkSettings.Ports['2222/tcp']?.[0]?.HostPort));
      const hostKey = await api.call<string>(
        'GET',
        `/containers/${id}/archive?path=/alt/home/developer/.ssh/host_keys/ssh_host_ed25519_key.pub`,
      );
      await api.call('DELETE', `/containers/${id}?force=1`);
      return { banner, hostKey };
    };
    const [first, second] = [await boot(), await boot()];

    expect(first.banner).toMatch(/^SSH-2.0-OpenSSH/);
    expect(/ssh-ed25519 \S+/.exec(first.hostKey)?.[0]).toBe(/ssh-ed25519 \S+/.exec(second.hostKey)?.[0]);
    await api.call('DELETE', '/volumes/ground-home');
    await api.call('DELETE', `/networks/${network}`);
  });

  test('the image is the same bytes each time', () => {
    expect(rootTar().equals(rootTar())).toBe(true);
  });

  test('the image that crashes says why', async () => {
    const id = await run(api, { Image: 'sindri-test:crash' });
    await until(async () => (await api.call<Inspected>('GET', `/containers/${id}/json`)).State.Status === 'exited');
    expect((await api.call<Inspected>('GET', `/containers/${id}/json`)).State.ExitCode).toBe(3);
    // Two streams have no order between them.
    const told = await logsOf(api, id);
    for (const line of ['reading the settings', 'no room for them', 'giving up']) expect(told).toContain(line);
    await api.call('DELETE', `/containers/${id}`);
  });

  test('the registry gives its image only to who knows the password, and tells the bytes on the way', async () => {
    const credentials = { username: 'ada', password: 'correct horse' };
    const registry = await startRegistry(credentials);
    stops.push(() => registry.stop());
    registry.publish('team/sindri', '1', { env: ['FROM=registry'] });
    const query = `fromImage=${registry.address}/team/sindri&tag=1`;
    const auth = registryAuth({ ...credentials, serveraddress: registry.address });

    await expect(api.call('POST', `/images/create?${query}`)).rejects.toThrow(/no basic auth credentials/);
    const progress = await api.call<string>('POST', `/images/create?${query}`, {
      headers: { 'x-registry-auth': auth },
    });
    expect(progress).toMatch(/"progressDetail":\{"current":\d+,"total":\d+\}/);
    expect(progress).toMatch(/Downloaded newer image/);
    await api.call('DELETE', `/images/${registry.reference('team/sindri', '1')}`);
  });

  test('an engine can be ended and started again with what it had', async () => {
    const own = await startEngine();
    stops.push(() => own.stop());
    await own.api.call('POST', '/volumes/create', { json: { Name: 'stays' } });
    for (const signal of ['TERM', 'KILL'] as const) {
      await own.end(signal);
      await expect(own.api.call('GET', '/_ping')).rejects.toThrow();
      await own.start();
      expect(JSON.stringify(await own.api.call('GET', '/volumes'))).toContain('"stays"');
    }
    await own.stop();
    expect(existsSync(own.socketPath)).toBe(false);
  });

  test('an engine ends with the process that wanted it, killed or not, and nothing stays', async () => {
    const program = path.join(__dirname, 'engine/keeper.js');
    const lines = [
      "const { spawn } = require('node:child_process');",
      "const directory = require('node:fs').mkdtempSync(require('node:os').tmpdir() + '/sindri-docker-');",
      `const keeper = spawn(process.execPath, [${JSON.stringify(program)}, directory], { stdio: ['pipe', 'pipe', 'inherit'], detached: true });`,
      "keeper.stdin.write('start\\n');",
      "keeper.stdout.once('data', (answer) => console.log(directory, keeper.pid, String(answer).trim()));",
    ];
    const wanting = spawn(process.execPath, ['-e', lines.join('\n')], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = (await once(createInterface({ input: wanting.stdout }), 'line')) as [string];
    const [directory = '', keeper = '', answer] = line.split(' ');
    expect(answer).toBe('ready');
    const network = { json: { Name: 'left', Options: { 'com.docker.network.bridge.name': `left${keeper}` } } };
    await engineIn(directory).api.call('POST', '/networks/create', network);
    expect(existsSync(`/sys/class/net/left${keeper}`)).toBe(true);

    wanting.kill('SIGKILL');
    await until(() => Promise.resolve(!existsSync(directory)));
    await until(() => Promise.resolve(!existsSync(`/proc/${keeper}`) || isZombie(keeper)));
    expect(existsSync(`/sys/class/net/left${keeper}`)).toBe(false);
  });
});

/** Go's URL encoding keeps the padding that Node's leaves away. */
function registryAuth(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64').replaceAll('+', '-').replaceAll('/', '_');
}

function isZombie(pid: string): boolean {
  return execFileSync('cat', [`/proc/${pid}/stat`], { encoding: 'utf8' }).includes(') Z ');
}

/** The first line that a server on loopback sends. */
async function bannerAt(port: number): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  const [data] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  return data.toString();
}
