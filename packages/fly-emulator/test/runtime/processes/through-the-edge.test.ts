import { mkdtemp, readFile, realpath, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import net from 'node:net';
import { Client } from 'ssh2';
import { createVirtualClock } from '../../../src/index.js';
import { generateHostKey } from '../../../src/runtime/ssh/host-key.js';
import { startSubject, type Subject } from '../../support/fly.js';
import { execChannel, run, seen } from '../ssh/ssh-client.js';
import { processState } from './machine-fixture.js';

/** Real machines behind the real API and edge: what a person with an SSH client meets. */
const pair = generateHostKey('user');
const linux = process.platform === 'linux' ? test : test.skip;

let directory: string;
let fly: Subject;
let address: string;
let machine: string;
const clients: Client[] = [];
const clock = createVirtualClock();

beforeEach(async () => {
  directory = await realpath(await mkdtemp(path.join(os.tmpdir(), 'sindri-emulator-')));
  fly = await startSubject({ runtime: 'processes', stateDir: directory, clock });
  await fly.post('/v1/apps', { name: 'demo', org_slug: 'personal' });
  await fly.post('/v1/apps/demo/secrets', { values: { AUTHORIZED_KEYS: pair.publicLine } });
  address = (await fly.post('/v1/apps/demo/ip_assignments', { type: 'v6' })).body.ip;
  const volume = (await fly.post('/v1/apps/demo/volumes', { name: 'home', region: 'sjc', size_gb: 1 })).body.id;
  const created = await fly.post('/v1/apps/demo/machines', {
    region: 'sjc',
    config: {
      image: 'ghcr.io/pacphi/sindri:3',
      guest: { cpu_kind: 'shared', cpus: 1, memory_mb: 1024 },
      mounts: [{ volume, path: '/alt/home/developer' }],
      services: [
        {
          protocol: 'tcp',
          internal_port: 2222,
          ports: [{ port: 10022 }],
          autostop: 'suspend',
          autostart: true,
        },
      ],
    },
  });
  machine = `/v1/apps/demo/machines/${created.body.id}`;
  await fly.get(`${machine}/wait?state=started&timeout=60`);
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  await fly.stop();
  await rm(directory, { recursive: true, force: true });
});

/** Connects by host and port, as any client does. */
function login(): Promise<Client> {
  return new Promise((resolve, reject) => {
    const client = new Client();
    clients.push(client);
    client.once('ready', () => resolve(client)).on('error', reject);
    client.connect({ sock: net.connect(10022, address), username: 'developer', privateKey: pair.privatePem });
  });
}

const state = async (): Promise<string> => (await fly.get(machine)).body.state;
const until = (wanted: string) => fly.get(`${machine}/wait?state=${wanted}&timeout=60`);

test('a shell through the edge; the host key can be read through the API', async () => {
  const client = await login();
  expect(await run(client, 'echo $FLY_APP_NAME')).toMatchObject({ stdout: 'demo\n', code: 0 });
  const command = ['sh', '-c', 'cat "${ALT_HOME:-/alt/home/developer}"/.ssh/host_keys/*.pub'];
  const { body } = await fly.post(`${machine}/exec`, { command });
  expect(body.stdout).toMatch(/^ssh-ed25519 /);
});

test('stop ends everything, the volume survives, and a new connection wakes the machine', async () => {
  const client = await login();
  await run(client, 'echo kept > ~/file');
  await fly.post(`${machine}/stop`);
  await until('stopped');
  await expect(run(client, 'true')).rejects.toBeTruthy();
  const again = await login();
  expect(await run(again, 'cat ~/file')).toMatchObject({ stdout: 'kept\n' });
  expect(await state()).toBe('started');
});

linux('suspend freezes a counter, a connection wakes it where it was', async () => {
  const client = await login();
  const channel = await execChannel(client, 'echo $$; while :; do i=$((i+1)); echo $i > ~/counter; done');
  const pid = Number(await seen(channel, /\n/));
  await fly.post(`${machine}/suspend`);
  await until('suspended');
  expect(await processState(pid)).toBe('T');
  const second = await login();
  expect(await processState(pid)).not.toBe('T');
  expect((await run(second, 'ps -o pid= -p ' + pid)).stdout.trim()).toBe(String(pid));
});

test('without connections the edge suspends it, with one it does not', async () => {
  const client = await login();
  await run(client, 'true');
  await clock.advance(600_000);
  expect(await state()).toBe('started');
  client.end();
  await new Promise<void>((resolve) => client.once('close', () => resolve()));
  while ((await state()) !== 'suspended') await clock.advance(60_000);
  const { body } = await fly.get('/api/v1/apps/demo/logs');
  const messages = body.data.map((line: { attributes: { message: string } }) => line.attributes.message).join('\n');
  expect(messages).toContain('autosuspending machine');
});

linux('stopping the emulator leaves no process', async () => {
  const client = await login();
  const { stdout } = await run(client, 'setsid sleep 600 >/dev/null 2>&1 & echo $!');
  await fly.stop();
  expect([null, 'Z']).toContain(await processState(Number(stdout)));
  expect(JSON.parse(await readFile(path.join(directory, 'state.json'), 'utf8')).format).toBe(2);
});
