import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { once } from 'node:events';
import path from 'node:path';
import { testIfInstalled } from '../../../test/system-component.js';
import {
  createIdentity,
  describeIdentity,
  findIdentities,
  orderIdentities,
  type SshIdentity,
} from '../src/identity.js';
import { generateKeyPair } from '../src/key-files.js';
import { ManualClock } from './fixtures/manual-clock.js';
import { startSshAgent } from './fixtures/ssh-agent.js';
import { useTemporaryDirectory } from './fixtures/temporary-directory.js';

/** Programs take their time on a busy machine. */
jest.setTimeout(60_000);

const directory = useTemporaryDirectory();
const home = () => path.join(directory.path, 'home');
const stateDir = () => path.join(directory.path, 'state');
const find = (env: Record<string, string> = {}, environment = 'demo') =>
  findIdentities({ env: { HOME: home(), ...env }, stateDir: stateDir(), environment });

function writeOwnKey(pair = generateKeyPair('me')): string {
  mkdirSync(path.join(home(), '.ssh'), { recursive: true });
  writeFileSync(path.join(home(), '.ssh', 'id_ed25519'), pair.privateKey, { mode: 0o600 });
  writeFileSync(path.join(home(), '.ssh', 'id_ed25519.pub'), `${pair.publicKey} me\n`);
  return pair.publicKey;
}

test('nothing there: nothing found, nothing written', async () => {
  expect(await find()).toEqual([]);
  expect(await findIdentities({ env: {}, stateDir: stateDir(), environment: 'demo' })).toEqual([]);
  expect(await findIdentities({ env: { HOME: 'relative' }, stateDir: stateDir(), environment: 'demo' })).toEqual([]);
  expect(readdirSync(directory.path)).toEqual([]);
});

test('finds the own key before the one made for the environment', async () => {
  const own = writeOwnKey();
  const made = await createIdentity({ stateDir: stateDir(), environment: 'demo' });
  expect(await find()).toEqual([{ kind: 'file', path: path.join(home(), '.ssh', 'id_ed25519'), publicKey: own }, made]);
  expect(await find({}, 'other')).toHaveLength(1);
});

test('finds other keys of the user too, after the first and the agent, before the one made for the environment', async () => {
  const own = writeOwnKey();
  const rsa = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  }).privateKey;
  writeFileSync(path.join(home(), '.ssh', 'id_rsa'), rsa, { mode: 0o600 });
  const made = await createIdentity({ stateDir: stateDir(), environment: 'demo' });
  const found = await find();
  expect(found.map(({ publicKey }) => publicKey.split(' ')[0])).toEqual(['ssh-ed25519', 'ssh-rsa', 'ssh-ed25519']);
  expect([found[0]?.publicKey, found[2]]).toEqual([own, made]);
});

test('makes one private key pair per environment, however often and however many at once', async () => {
  const made = await Promise.all(
    Array.from({ length: 5 }, () => createIdentity({ stateDir: stateDir(), environment: 'demo' })),
  );
  expect(new Set(made.map(({ publicKey }) => publicKey)).size).toBe(1);
  const [first] = made as [Extract<SshIdentity, { kind: 'generated' }>];
  expect(first.kind).toBe('generated');
  expect(await createIdentity({ stateDir: stateDir(), environment: 'demo' })).toEqual(first);
  expect(statSync(first.path).mode & 0o777).toBe(0o600);
  expect(statSync(path.dirname(first.path)).mode & 0o777).toBe(0o700);
  expect(readFileSync(`${first.path}.pub`, 'utf8')).toBe(`${first.publicKey} sindri-demo\n`);
  expect(readdirSync(path.dirname(first.path)).sort()).toEqual(['id_ed25519', 'id_ed25519.pub']);
});

test('an environment with a hostile name stays in its place', async () => {
  const names = ['../../evil', '/etc/evil', '..', 'a/b', 'UPPER', 'x'.repeat(500), 'nul\u0000byte', ''];
  const paths = new Set<string>();
  for (const environment of names) {
    const made = (await createIdentity({ stateDir: stateDir(), environment })) as { path: string };
    expect(path.dirname(path.dirname(made.path))).toBe(path.join(stateDir(), 'ssh', 'keys'));
    paths.add(made.path);
  }
  expect(paths.size).toBe(names.length);
  expect(readdirSync(directory.path)).toEqual(['state']);
});

test('a file that is no key is neither used nor overwritten', async () => {
  const file = path.join(stateDir(), 'ssh', 'keys', 'demo', 'id_ed25519');
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, 'precious');
  expect(await find()).toEqual([]);
  await expect(createIdentity({ stateDir: stateDir(), environment: 'demo' })).rejects.toMatchObject({
    code: 'SSH_KEY_UNUSABLE',
    hint: expect.any(String),
  });
  expect(readFileSync(file, 'utf8')).toBe('precious');
});

testIfInstalled(
  ['ssh-agent', 'ssh-add', 'ssh-keygen'],
  'a key with a passphrase is used through the agent only',
  async () => {
    const own = path.join(home(), '.ssh', 'id_ed25519');
    mkdirSync(path.dirname(own), { recursive: true });
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'mine', '-f', own]);
    const other = path.join(directory.path, 'other');
    execFileSync('ssh-keygen', ['-q', '-t', 'ecdsa', '-N', '', '-C', 'other key', '-f', other]);
    const agent = await startSshAgent(directory.path);
    try {
      agent.add(other);
      agent.add(own);
      execFileSync('ssh-keygen', ['-q', '-p', '-N', 'secret words', '-f', own]);
      expect(await find()).toEqual([]);
      const found = await find({ SSH_AUTH_SOCK: agent.socket });
      // The own key first, although the agent lists it second.
      expect(found).toMatchObject([
        { kind: 'agent', comment: 'mine', agentSocket: agent.socket },
        { kind: 'agent', comment: 'other key', agentSocket: agent.socket },
      ]);
      expect(describeIdentity(found[1] as SshIdentity)).toBe('agent (other key)');

      // The same key in a file and in the agent is one identity.
      execFileSync('ssh-keygen', ['-q', '-p', '-P', 'secret words', '-N', '', '-f', own]);
      expect((await find({ SSH_AUTH_SOCK: agent.socket })).map(({ kind }) => kind)).toEqual(['file', 'agent']);
    } finally {
      await agent.stop();
    }
  },
);

test.each([
  ['is not there', null],
  ['hangs up', (socket: net.Socket) => socket.destroy()],
  ['refuses', (socket: net.Socket) => socket.write(Buffer.from([0, 0, 0, 1, 5]))],
  ['lies about its keys', (socket: net.Socket) => socket.write(Buffer.from([0, 0, 0, 5, 12, 255, 255, 255, 255]))],
  ['promises gigabytes', (socket: net.Socket) => socket.write(Buffer.from([255, 255, 255, 255, 12]))],
])('an agent that %s has no keys', async (_name, behave) => {
  const socketPath = path.join(directory.path, 'agent');
  const server =
    behave === null ? null : net.createServer((socket) => void behave(socket.on('error', () => undefined)));
  if (server !== null) await once(server.listen(socketPath), 'listening');
  const own = writeOwnKey();
  expect((await find({ SSH_AUTH_SOCK: socketPath })).map(({ publicKey }) => publicKey)).toEqual([own]);
  server?.close();
});

test('an agent that says nothing is given up after two seconds, or on abort', async () => {
  const socketPath = path.join(directory.path, 'agent');
  const sockets: net.Socket[] = [];
  const server = net.createServer((socket) => void sockets.push(socket));
  await once(server.listen(socketPath), 'listening');
  const clock = new ManualClock();
  const options = { env: { SSH_AUTH_SOCK: socketPath }, stateDir: stateDir(), environment: 'demo', clock };
  const finding = findIdentities(options);
  await clock.sleeping(2_000);
  clock.advance(2_000);
  expect(await finding).toEqual([]);

  const controller = new AbortController();
  const aborted = findIdentities({ ...options, signal: controller.signal });
  const outcome = aborted.catch((error: unknown) => error);
  await clock.sleeping(2_000);
  controller.abort(new Error('enough'));
  expect(await outcome).toEqual(new Error('enough'));
  for (const socket of sockets) socket.destroy();
  server.close();
});

test('unreadable files are passed over', async () => {
  writeOwnKey();
  chmodSync(path.join(home(), '.ssh', 'id_ed25519'), 0o000);
  // The superuser can read everything; anybody else finds nothing.
  expect(await find()).toHaveLength(process.getuid?.() === 0 ? 1 : 0);
  expect(existsSync(stateDir())).toBe(false);
});

test('the admitted keys come first', () => {
  const identity = (name: string): SshIdentity => ({
    kind: 'file',
    path: name,
    publicKey: generateKeyPair(name).publicKey,
  });
  const [a, b, c] = [identity('a'), identity('b'), identity('c')];
  expect(orderIdentities([a, b, c], [`${c.publicKey} comment`])).toEqual([c, a, b]);
  expect(orderIdentities([a, b], [])).toEqual([a, b]);
});
