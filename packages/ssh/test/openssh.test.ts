import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { buffer, text } from 'node:stream/consumers';
import { systemClock, type Session } from '@sindri/core';
import { testIfInstalled } from '../../../test/system-component.js';
import { obtainCertificate } from '../src/certificate.js';
import { connectSsh, type ConnectSshOptions, type SshConnection } from '../src/connection.js';
import { hostKeyStore } from '../src/host-keys.js';
import { createIdentity, findIdentities, type SshIdentity } from '../src/identity.js';
import { generateKeyPair } from '../src/key-files.js';
import { openAddresses } from '../src/stream-opener.js';
import { startOpensshServer, type OpensshServer } from './fixtures/openssh-server.js';
import { startSshAgent } from './fixtures/ssh-agent.js';
import { startTcpServer } from './fixtures/tcp-server.js';
import { useTemporaryDirectory } from './fixtures/temporary-directory.js';

/** Programs take their time on a busy machine. */
jest.setTimeout(60_000);

const directory = useTemporaryDirectory();
const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

async function serve(...identities: SshIdentity[]): Promise<{ server: OpensshServer; identity: SshIdentity }> {
  const identity = identities[0] ?? (await createIdentity({ stateDir: directory.path, environment: 'demo' }));
  const admitted = [identity, ...identities].map(({ publicKey }) => publicKey);
  const server = await startOpensshServer(directory.path, admitted);
  open.push(() => server.stop());
  return { server, identity };
}

async function connect(options: Partial<ConnectSshOptions> = {}): Promise<SshConnection> {
  const { server, identity } = await serve();
  return connectTo(server, { identities: [identity], ...options });
}

async function connectTo(server: OpensshServer, options: Partial<ConnectSshOptions>): Promise<SshConnection> {
  const connection = await connectSsh({
    via: openAddresses([{ host: '127.0.0.1', port: server.port }]),
    user: server.user,
    identities: [],
    hostKeys: [server.hostKey],
    signal: new AbortController().signal,
    clock: systemClock,
    ...options,
  });
  open.push(() => connection.close());
  return connection;
}

const run = async (session: Session) => {
  const [stdout, stderr, exit] = await Promise.all([text(session.stdout), text(session.stderr), session.exited]);
  return { stdout, stderr, ...exit };
};

testIfInstalled('sshd', 'OpenSSH: commands, exit codes, signals, environment, input', async () => {
  const connection = await connect();
  const both = await connection.session({ command: 'echo out; echo err >&2; exit 7' });
  expect(await run(both)).toEqual({ stdout: 'out\n', stderr: 'err\n', code: 7, signal: null });

  const killed = await connection.session({ command: 'kill -KILL $$' });
  expect(await run(killed)).toMatchObject({ code: null, signal: 'KILL' });

  const environment = await connection.session({ command: 'echo "$SINDRI_WORD"', env: { SINDRI_WORD: 'two words' } });
  expect(await run(environment)).toMatchObject({ stdout: 'two words\n', code: 0 });

  const input = await connection.session({ command: 'wc -c' });
  input.stdin.end(Buffer.alloc(4_000_000));
  expect((await run(input)).stdout.trim()).toBe('4000000');
});

testIfInstalled('sshd', 'OpenSSH: a certificate of its authority logs in, and one of another does not', async () => {
  const authorities = ['authority', 'other'].map((name) => {
    const pair = generateKeyPair(name);
    const file = path.join(directory.path, name);
    writeFileSync(file, pair.privateKey, { mode: 0o600 });
    return { file, publicKey: pair.publicKey };
  });
  const server = await startOpensshServer(directory.path, [], authorities[0]?.publicKey);
  open.push(() => server.stop());
  const certificateOf = (file: string) =>
    obtainCertificate(async (publicKey) => {
      const key = path.join(directory.path, 'fresh.pub');
      writeFileSync(key, `${publicKey}\n`);
      execFileSync('ssh-keygen', ['-q', '-s', file, '-I', 'test', '-n', server.user, '-V', '+1h', key]);
      return readFileSync(path.join(directory.path, 'fresh-cert.pub'), 'utf8');
    });
  const connection = await connectTo(server, { identities: [await certificateOf(authorities[0]?.file as string)] });
  expect(await run(await connection.session({ command: 'exit 7' }))).toMatchObject({ code: 7 });
  expect(server.log()).toContain('Accepted publickey');
  // It would say so of a key that is only asked for.
  expect(server.log()).not.toContain('Postponed publickey');

  const wrong = await certificateOf(authorities[1]?.file as string);
  await expect(connectTo(server, { identities: [wrong] })).rejects.toMatchObject({ code: 'SSH_AUTH_FAILED' });
  await expect(obtainCertificate(async () => wrong.certificate)).rejects.toMatchObject({
    code: 'SSH_CERTIFICATE_INVALID',
  });
});

testIfInstalled('sshd', 'OpenSSH: large output arrives whole, also with a slow reader', async () => {
  const connection = await connect();
  const session = await connection.session({ command: 'head -c 6000000 /dev/zero' });
  let received = 0;
  for await (const chunk of session.stdout) {
    received += (chunk as Buffer).length;
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(received).toBe(6_000_000);
  await expect(session.exited).resolves.toEqual({ code: 0, signal: null });
});

testIfInstalled('sshd', 'OpenSSH: signals reach the process', async () => {
  const connection = await connect();
  const session = await connection.session({
    command: 'trap "echo caught; exit 9" TERM; echo ready; read line; exit 3',
  });
  await once(session.stdout, 'data');
  session.signal('TERM');
  session.stdin.end('\n');
  // OpenSSH passes signals on only where it separates privileges, which it does not for the superuser.
  const expected = process.getuid?.() === 0 ? { stdout: '', code: 3 } : { stdout: 'caught\n', code: 9 };
  expect(await run(session)).toMatchObject(expected);
});

testIfInstalled(['sshd', 'stty'], 'OpenSSH: a terminal of the right type, size and modes', async () => {
  const connection = await connect();
  const session = await connection.session({
    command: 'echo $TERM; stty -a; read line; stty size; printf "[%s]" "$line"',
    terminal: { type: 'screen-256color', columns: 91, rows: 33 },
  });
  let shown = '';
  const complete = (async () => {
    for await (const chunk of session.stdout) {
      shown += String(chunk);
      if (!shown.includes('-extproc') || session.stdin.writableEnded) continue;
      session.resize({ columns: 70, rows: 25 });
      // The last letter is erased and ^D at the start of a line is not needed: the terminal edits lines.
      session.stdin.end('grüßex\u007f\n');
    }
  })();
  await complete;
  await expect(session.exited).resolves.toEqual({ code: 0, signal: null });
  expect(shown).toContain('screen-256color');
  expect(shown).toContain('rows 33; columns 91');
  for (const mode of ['echo', 'icanon', 'isig', 'icrnl', 'iutf8', 'opost', 'onlcr', 'intr = \\^C']) {
    expect(shown).toMatch(new RegExp(`(?:^|\\s)${mode}\\b`, 'm'));
  }
  expect(shown).toContain('25 70');
  expect(shown).toContain('[grüße]');
});

testIfInstalled('sshd', 'OpenSSH: Ctrl-C is a key, and the remote end makes a signal of it', async () => {
  const connection = await connect();
  const session = await connection.session({
    command: 'echo ready; exec sleep 100',
    terminal: { type: 'xterm', columns: 80, rows: 24 },
  });
  await once(session.stdout, 'data');
  session.stdin.write('\u0003');
  expect(await run(session)).toMatchObject({ signal: 'INT' });
});

testIfInstalled('sshd', 'OpenSSH: forwarding to a port, and to one where nothing listens', async () => {
  const echo = await startTcpServer((socket) => socket.pipe(socket));
  open.push(() => echo.close());
  const connection = await connect();
  const stream = await connection.forward(echo.port);
  const sent = Buffer.alloc(2_000_000, 'abc');
  stream.end(sent);
  expect((await buffer(stream)).equals(sent)).toBe(true);
  await echo.close();
  open.splice(0, 1);
  await expect(connection.forward(echo.port)).rejects.toMatchObject({ code: 'PORT_NOT_LISTENING' });
});

testIfInstalled('sshd', 'OpenSSH: too many keys are a failed login that names them', async () => {
  const { server } = await serve();
  const wrong: SshIdentity[] = [];
  for (let index = 0; index < 5; index += 1) {
    wrong.push(await createIdentity({ stateDir: directory.path, environment: `wrong-${index}` }));
  }
  await expect(connectTo(server, { identities: wrong })).rejects.toMatchObject({
    code: 'SSH_AUTH_FAILED',
    details: { offered: [{}, {}, {}] },
  });
  await expect(connectTo(server, { identities: wrong.slice(0, 1) })).rejects.toMatchObject({ code: 'SSH_AUTH_FAILED' });
});

testIfInstalled('sshd', 'OpenSSH: a host key that is not pinned', async () => {
  await expect(connect({ hostKeys: [generateKeyPair('x').publicKey] })).rejects.toMatchObject({
    code: 'SSH_HOST_KEY_MISMATCH',
  });
});

testIfInstalled(
  ['sshd', 'ssh-agent', 'ssh-add', 'ssh-keygen'],
  'OpenSSH: logs in with a key that only the agent can use',
  async () => {
    const agent = await startSshAgent(directory.path);
    open.push(() => agent.stop());
    for (const [type, bits] of [
      ['ed25519', '256'],
      ['rsa', '2048'],
      ['ecdsa', '384'],
    ] as const) {
      const file = path.join(directory.path, type);
      execFileSync('ssh-keygen', ['-q', '-t', type, '-b', bits, '-N', '', '-f', file]);
      agent.add(file);
    }
    const identities = await findIdentities({
      env: { SSH_AUTH_SOCK: agent.socket },
      stateDir: path.join(directory.path, 'state'),
      environment: 'demo',
    });
    expect(identities.map(({ publicKey }) => publicKey.split(' ')[0])).toEqual([
      'ssh-ed25519',
      'ssh-rsa',
      'ecdsa-sha2-nistp384',
    ]);
    const { server } = await serve(...identities);
    for (const identity of identities) {
      const connection = await connectTo(server, { identities: [identity] });
      expect(await run(await connection.session({ command: 'echo in' }))).toMatchObject({ stdout: 'in\n' });
    }
  },
);

testIfInstalled(['sshd', 'ssh'], 'OpenSSH’s client trusts our known_hosts file and our key pair', async () => {
  const { server, identity } = await serve();
  const store = hostKeyStore(directory.path);
  await store.set('sindri-demo', [server.hostKey]);
  const options = [
    'StrictHostKeyChecking=yes',
    'HostKeyAlias=sindri-demo',
    `UserKnownHostsFile=${store.knownHostsFile('sindri-demo')}`,
    'GlobalKnownHostsFile=none',
    'IdentitiesOnly=yes',
    'BatchMode=yes',
    `IdentityFile=${(identity as { path: string }).path}`,
  ];
  const args = ['-F', 'none', ...options.flatMap((option) => ['-o', option]), '-p', String(server.port)];
  const output = execFileSync('ssh', [...args, `${server.user}@127.0.0.1`, 'echo trusted'], { stdio: 'pipe' });
  expect(output.toString()).toBe('trusted\n');
});

testIfInstalled(
  ['sshd', 'ssh-agent', 'ssh-add'],
  'OpenSSH: lends the agent to a session that asks for it',
  async () => {
    const { server, identity } = await serve();
    const agent = await startSshAgent(directory.path);
    open.push(() => agent.stop());
    agent.add((identity as { path: string }).path);
    const connection = await connectTo(server, { identities: [identity], forwardAgent: agent.socket });
    const other = await connection.session({ command: 'echo "$SSH_AUTH_SOCK"' });
    expect(await run(other)).toMatchObject({ stdout: '\n', code: 0 });
    const lent = await connection.session({ command: 'ssh-add -L', forwardAgent: agent.socket });
    expect(await run(lent)).toMatchObject({ stdout: expect.stringContaining(identity.publicKey), code: 0 });
  },
);
