import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Client, utils, type ClientChannel } from 'ssh2';
import { createVirtualClock, type VirtualClock } from '../../../src/index.js';
import { deriveHostKey } from '../../../src/runtime/ssh/derived-host-key.js';
import { generateHostKey } from '../../../src/runtime/ssh/host-key.js';
import { createSimulatedRuntime } from '../../../src/runtime/simulated/simulated-runtime.js';
import { useFly, type Subject } from '../../support/fly.js';
import { connectClient, execChannel, finished, type Finished } from '../ssh/ssh-client.js';

function newKey(): { private: string; public: string } {
  const { privatePem, publicLine } = generateHostKey('user');
  return { private: privatePem, public: publicLine };
}

const user = newKey();

async function deploy(fly: Subject, service: object = {}): Promise<{ path: string; ip: string; volume: string }> {
  await fly.post('/v1/apps', { name: 'demo', org_slug: 'personal' });
  await fly.post('/v1/apps/demo/secrets', { values: { AUTHORIZED_KEYS: user.public } });
  const { ip } = (await fly.post('/v1/apps/demo/ip_assignments', { type: 'v6' })).body;
  const volume = await fly.admin.seedVolume({ app: 'demo', name: 'home_data' });
  const config = {
    image: 'ghcr.io/acme/sindri:3.0.0',
    mounts: [{ volume, path: '/alt/home/developer' }],
    services: [{ protocol: 'tcp', internal_port: 2222, autostart: true, ports: [{ port: 10022 }], ...service }],
  };
  const { id } = (await fly.post('/v1/apps/demo/machines', { config })).body;
  await fly.get(`/v1/apps/demo/machines/${id}/wait`);
  await fly.edge.ready();
  return { path: `/v1/apps/demo/machines/${id}`, ip, volume };
}

/** Logs in through the edge; resolves with the client and the host key it was shown. */
async function login(ip: string, privateKey = user.private): Promise<{ client: Client; hostKey: string }> {
  const client = new Client();
  client.on('error', () => undefined);
  let hostKey = '';
  await new Promise<void>((resolve, reject) => {
    client.once('ready', resolve);
    client.once('error', reject);
    client.connect({
      host: ip,
      port: 10022,
      username: 'developer',
      privateKey,
      hostVerifier: (key: Buffer) => {
        hostKey = key.toString('base64');
        return true;
      },
    });
  });
  return { client, hostKey };
}

async function exec(client: Client, command: string, input?: string): Promise<Finished> {
  const channel = await execChannel(client, command);
  if (input !== undefined) channel.end(input);
  return finished(channel);
}

describe('host keys', () => {
  test('the same name gives the same key, readable by any SSH library', () => {
    const key = deriveHostKey('seed', 'vol_1');
    expect(deriveHostKey('seed', 'vol_1')).toEqual(key);
    expect(deriveHostKey('seed', 'vol_2').publicLine).not.toBe(key.publicLine);
    for (let index = 0; index < 600; index++) {
      const { privatePem, publicLine } = deriveHostKey('seed', `vol_${index}`);
      const parsed = utils.parseKey(privatePem);
      if (parsed instanceof Error) throw parsed;
      expect(parsed.getPublicSSH().toString('base64')).toBe(publicLine.split(' ')[1]);
    }
  });
});

describe('SSH into a simulated machine, through the edge', () => {
  let clock: VirtualClock;
  const fly = useFly(() => ({ clock: (clock = createVirtualClock()), idleTimeoutMs: 60_000 }));
  const clients: Client[] = [];
  const enter = async (ip: string) => {
    const entered = await login(ip);
    clients.push(entered.client);
    return entered;
  };
  afterEach(() => {
    for (const client of clients.splice(0)) client.destroy();
  });

  test('exec with output, exit code, input and signal', async () => {
    const { ip } = await deploy(fly);
    const { client } = await enter(ip);
    expect(await exec(client, 'echo out; nope; exit 5')).toEqual({
      stdout: 'out\n',
      stderr: 'sh: 1: nope: not found\n',
      code: 5,
      signal: null,
    });
    expect((await exec(client, 'cat', 'through')).stdout).toBe('through');
    expect(await exec(client, 'kill -KILL $$')).toMatchObject({ code: null, signal: 'SIGKILL' });
  });

  test('a shell with a terminal', async () => {
    const { ip } = await deploy(fly);
    const { client } = await enter(ip);
    const channel = await new Promise<ClientChannel>((resolve, reject) =>
      client.shell({ term: 'xterm', cols: 80, rows: 24 }, (error, opened) => (error ? reject(error) : resolve(opened))),
    );
    let seen = '';
    const until = (text: string) =>
      new Promise<void>((resolve) => {
        const look = (): void => (seen.includes(text) ? resolve() : undefined);
        channel.on('data', look);
        look();
      });
    channel.on('data', (chunk: Buffer) => (seen += chunk.toString()));
    await until('developer@demo:~$ ');
    channel.write('echo $COLUMNS x $LINES\r');
    await until('80 x 24\r\n');
    channel.setWindow(40, 120, 0, 0);
    channel.write('echo $COLUMNS x $LINES\r');
    await until('120 x 40\r\n');
    channel.write('sleep 1000\r');
    await until('sleep 1000\r\n');
    channel.write('\u0003');
    await until('^C');
    channel.write('exit 9\r');
    const [code] = (await once(channel, 'exit')) as [number];
    expect(code).toBe(9);
  });

  test('the host key is the one that exec reads, and stays when the machine is replaced', async () => {
    const { path, ip, volume } = await deploy(fly);
    const command = [
      'sh',
      '-c',
      'cat "${ALT_HOME:-/alt/home/developer}"/.ssh/host_keys/*.pub 2>/dev/null || cat /etc/ssh/ssh_host_*_key.pub',
    ];
    const { body } = await fly.post(`${path}/exec`, { command });
    const { hostKey } = await enter(ip);
    expect(body.stdout).toBe(`ssh-ed25519 ${hostKey} root@machine\n`);
    const { config } = (await fly.get(path)).body;
    await fly.delete(`${path}?force=true`);
    await fly.get(`${path}/wait?state=destroyed`);
    expect(config.mounts[0].volume).toBe(volume);
    const { id } = (await fly.post('/v1/apps/demo/machines', { config })).body;
    await fly.get(`/v1/apps/demo/machines/${id}/wait`);
    expect((await enter(ip)).hostKey).toBe(hostKey);
  });

  test('a strange key is refused', async () => {
    const { ip } = await deploy(fly);
    await expect(login(ip, newKey().private)).rejects.toThrow(/authentication/i);
  });

  test('a connection wakes a sleeping machine, and its absence puts it to sleep', async () => {
    const { path, ip } = await deploy(fly, { autostop: 'suspend' });
    await clock.advance(120_000);
    expect((await fly.get(path)).body.state).toBe('suspended');
    const { client } = await enter(ip);
    expect((await exec(client, 'echo awake')).stdout).toBe('awake\n');
    await clock.advance(300_000);
    expect((await fly.get(path)).body.state).toBe('started');
    client.end();
    await once(client, 'close');
    await new Promise((resolve) => setImmediate(resolve));
    await clock.advance(120_000);
    expect((await fly.get(path)).body.state).toBe('suspended');
    const sources = (await fly.get(`${path}/events`)).body.map((event: { source: string }) => event.source);
    expect(sources).toContain('proxy');
  });

  test('a lease keeps the edge from waking a machine', async () => {
    const { path, ip } = await deploy(fly);
    await fly.post(`${path}/stop`);
    await fly.get(`${path}/wait?state=stopped`);
    fly.admin.holdLease({ app: 'demo', machine: path.split('/').at(-1) ?? '', ttlSeconds: 3600 });
    const socket: Socket = connect({ host: ip, port: 10022 });
    socket.on('error', () => undefined);
    const closed = once(socket, 'close');
    await once(socket, 'connect');
    for (let turn = 0; turn < 60 && !socket.destroyed; turn++) await clock.advance(1000);
    await closed;
    expect((await fly.get(path)).body.state).toBe('stopped');
    const lines = (await fly.get('/api/v1/apps/demo/logs')).body.data;
    expect(JSON.stringify(lines)).toContain('lease currently held by');
  });
});

test("Fly's own SSH server lets in by certificate, and takes a command for one program with words", async () => {
  const clock = createVirtualClock();
  const hostKey = generateHostKey('host');
  const instance = await createSimulatedRuntime({
    clock,
    installMs: 0,
    hostKeySeed: 'seed',
    origins: {},
    onOriginsChange: () => undefined,
  }).boot({
    app: 'demo',
    machineId: 'm',
    region: 'iad',
    config: { image: 'nginx' },
    env: {},
    secrets: {},
    keepRoot: false,
    console: { hostKeyPem: () => hostKey.privatePem, login: () => ({ admitted: true }) },
    log: () => undefined,
    onExit: () => undefined,
  });
  const client = await connectClient(await instance.connectConsole(), { privateKey: user.private, username: 'root' });
  const run = async (command: string) => finished(await execChannel(client, command));
  expect(await run(`sh -c 'whoami; exit 7'`)).toMatchObject({ code: 7, stdout: 'root\n' });
  expect(await run('echo one && echo two')).toMatchObject({ code: 0, stdout: 'one && echo two\n' });
  client.end();
  await instance.stop({ signal: 'SIGTERM', timeoutMs: 0 });
});
