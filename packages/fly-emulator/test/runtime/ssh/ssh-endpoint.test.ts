import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { utils } from 'ssh2';
import { generateHostKey } from '../../../src/runtime/ssh/host-key.js';
import { authorizedKeyLogin } from '../../../src/runtime/ssh/login.js';
import { createSshEndpoint, type SshEndpointOptions } from '../../../src/runtime/ssh/ssh-endpoint.js';
import { createLink } from '../../../src/streams/link.js';
import { localShell } from './local-shell.js';
import { connectClient, execChannel, finished, run, seen, shellChannel } from './ssh-client.js';

const hostKey = generateHostKey('host');
const user = keyPair();
const other = utils.generateKeyPairSync('ecdsa', { bits: 256 });

/** ssh2's own generator makes an unreadable key now and then. */
function keyPair() {
  const made = generateHostKey('user');
  return { private: made.privatePem, public: made.publicLine };
}

function endpoint({
  authorizedKeys = () => user.public,
  ...extra
}: Partial<SshEndpointOptions> & { authorizedKeys?: () => string } = {}) {
  const shell = localShell();
  const logs: string[] = [];
  const made = createSshEndpoint({
    hostKeyPem: hostKey.privatePem,
    login: authorizedKeyLogin('developer', authorizedKeys),
    shell,
    log: (line) => logs.push(line),
    ...extra,
  });
  const dial = () => {
    const [near, far] = createLink();
    made.accept(far);
    return near;
  };
  return { ...made, shell, logs, dial, login: (privateKey = user.private) => connectClient(dial(), { privateKey }) };
}

describe('login', () => {
  test('an authorized key gets in, and the host key is the given one', async () => {
    const ssh = endpoint();
    let seenKey: Buffer | null = null;
    const client = await connectClient(ssh.dial(), {
      privateKey: user.private,
      hostVerifier: (key: Buffer) => ((seenKey = key), true),
    });
    expect(hostKey.publicLine).toContain(seenKey!.toString('base64'));
    expect(ssh.logs.join()).toContain('Accepted publickey for developer ssh2: ssh-ed25519 SHA256:');
    client.end();
    await once(client, 'close');
  });

  test.each([
    ['comments, options and blank lines', `# mine\n\ncommand="x y",no-pty ${user.public} me@home\r\n${other.public}\n`],
    ['a key in the middle of others', `${other.public}\n${user.public}\nssh-ed25519 garbage\n`],
  ])('%s in AUTHORIZED_KEYS are tolerated', async (_name, text) => {
    const ssh = endpoint({ authorizedKeys: () => text });
    const client = await ssh.login();
    client.end();
    await once(client, 'close');
  });

  test('an ecdsa key works as well', async () => {
    const ssh = endpoint({ authorizedKeys: () => other.public });
    const client = await ssh.login(other.private);
    client.end();
    await once(client, 'close');
  });

  test('whoever does not log in is sent away after a while', async () => {
    const ssh = endpoint({ loginGraceMs: 30 });
    const silent = ssh.dial();
    silent.resume();
    await once(silent, 'close');
    expect(ssh.logs).toEqual(['fatal: Timeout before authentication']);
  });

  test('whoever has logged in may stay', async () => {
    const client = await endpoint({ loginGraceMs: 1500 }).login();
    expect((await run(client, 'sleep 2; echo in')).stdout).toBe('in\n');
    client.end();
  });

  test('other keys, other users, passwords and commented-out keys are refused', async () => {
    const ssh = endpoint({ authorizedKeys: () => `#${user.public}\n${other.public}` });
    await expect(ssh.login()).rejects.toThrow('All configured authentication methods failed');
    await expect(connectClient(ssh.dial(), { privateKey: other.private, username: 'root' })).rejects.toThrow(
      'authentication',
    );
    await expect(connectClient(ssh.dial(), { password: 'developer' })).rejects.toThrow('authentication');
  });

  test('the public half of a key is not enough', async () => {
    const ssh = endpoint();
    const publicBlob = utils.parseKey(user.public);
    if (publicBlob instanceof Error) throw publicBlob;
    const agent = {
      getIdentities: (cb: (e: Error | undefined, keys: unknown[]) => void) => cb(undefined, [user.public]),
      sign: (_k: unknown, data: Buffer, _o: unknown, cb: (e: Error | undefined, s: Buffer) => void) =>
        cb(undefined, createHash('sha512').update(data).digest()),
    };
    const { BaseAgent } = jest.requireActual<typeof import('ssh2')>('ssh2');
    await expect(
      connectClient(ssh.dial(), { agent: Object.assign(Object.create(BaseAgent.prototype), agent) }),
    ).rejects.toThrow();
  });

  test('after too many refused keys the client is sent away', async () => {
    const ssh = endpoint({ authorizedKeys: () => '', maxAuthTries: 1 });
    await expect(ssh.login()).rejects.toThrow();
    expect(ssh.logs).toContain('error: maximum authentication attempts exceeded [preauth]');
  });
});

describe('sessions', () => {
  test('exit codes, exit signals, both outputs', async () => {
    const ssh = endpoint();
    const client = await ssh.login();
    expect(await run(client, 'echo out; echo err >&2; exit 7')).toEqual({
      code: 7,
      signal: null,
      stdout: 'out\n',
      stderr: 'err\n',
    });
    expect(await run(client, 'kill -TERM $$')).toMatchObject({ code: null, signal: 'SIGTERM' });
    client.end();
  });

  test('stdin reaches the process, and its end too', async () => {
    const ssh = endpoint();
    const client = await ssh.login();
    const data = randomBytes(3_000_000);
    const channel = await execChannel(client, 'sha256sum');
    const result = finished(channel);
    channel.end(data);
    expect((await result).stdout).toBe(`${createHash('sha256').update(data).digest('hex')}  -\n`);
    client.end();
  });

  test('megabytes on stdout and stderr at once arrive whole and in order', async () => {
    const ssh = endpoint();
    const client = await ssh.login();
    const channel = await execChannel(client, '(seq 1 600000 >&2 & seq 1 600000; wait)');
    const result = await finished(channel);
    const expected = Array.from({ length: 600000 }, (_, i) => `${i + 1}\n`).join('');
    expect(result.stdout === expected).toBe(true);
    expect(result.stderr === expected).toBe(true);
    client.end();
  });

  test('a client that stops reading holds the process back, and gets everything in the end', async () => {
    const ssh = endpoint();
    const client = await ssh.login();
    const channel = await execChannel(client, 'seq 1 1500000');
    channel.pause();
    await run(client, 'true');
    const result = finished(channel);
    channel.resume();
    const { stdout, code } = await result;
    expect([stdout.split('\n').length, stdout.slice(-8), code]).toEqual([1500001, '1500000\n', 0]);
    client.end();
  });

  test('a process that ends without reading its input still ends the session', async () => {
    const ssh = endpoint();
    const client = await ssh.login();
    const channel = await execChannel(client, 'exec <&-; exit 3');
    const result = finished(channel);
    channel.on('error', () => {});
    channel.write(randomBytes(1_000_000));
    expect((await result).code).toBe(3);
    client.end();
  });

  test('admitted variables arrive, others do not', async () => {
    const ssh = endpoint();
    const client = await ssh.login();
    const channel = await execChannel(client, 'echo "$LANG,$LC_ALL,$LD_PRELOAD,$HOME"', {
      env: { LANG: 'de_DE.UTF-8', LC_ALL: 'C', LD_PRELOAD: 'x', HOME: '/x' },
    });
    expect((await finished(channel)).stdout).toBe('de_DE.UTF-8,C,,\n');
    client.end();
  });

  test('a signal request reaches the process group', async () => {
    const ssh = endpoint();
    const client = await ssh.login();
    const channel = await execChannel(client, 'trap "echo caught; exit 9" USR1; echo ready; while :; do read x; done');
    const result = finished(channel);
    await seen(channel, /ready/);
    channel.signal('USR1');
    expect(await result).toMatchObject({ code: 9 });
    client.end();
  });

  test('a signal request arrives after the end of input too', async () => {
    const ssh = endpoint();
    const client = await ssh.login();
    const channel = await execChannel(client, 'trap "exit 9" USR1; cat; echo ended; while :; do sleep 0.02; done');
    const result = finished(channel);
    channel.end();
    await seen(channel, /ended/);
    // ssh2's client would not send it, OpenSSH's does.
    const { _protocol: protocol } = client as unknown as { _protocol: { signal(id: number, name: string): void } };
    protocol.signal((channel.outgoing as { id: number }).id, 'USR1');
    expect(await result).toMatchObject({ code: 9 });
    client.end();
  });

  test('a shell without a command reads its commands from the channel', async () => {
    const ssh = endpoint();
    const client = await ssh.login();
    const channel = await shellChannel(client, false);
    const result = finished(channel);
    channel.end('echo hello\nexit 4\n');
    expect(await result).toMatchObject({ stdout: 'hello\n', code: 4 });
    client.end();
  });

  test('what the shell cannot do is told to the client', async () => {
    const ssh = endpoint();
    const client = await ssh.login();
    const channel = await shellChannel(client, { term: 'xterm', cols: 80, rows: 24 });
    expect(await finished(channel)).toMatchObject({ code: 1, stderr: 'no terminal here\r\n' });
    client.end();
  });

  test('a lost connection hangs up the processes, even one that reads nothing', async () => {
    const ssh = endpoint();
    const sock = ssh.dial();
    const client = await connectClient(sock, { privateKey: user.private });
    const talking = await execChannel(client, 'echo ready; sleep 600');
    await seen(talking, /ready/);
    const deaf = await execChannel(client, 'sleep 600');
    deaf.on('error', () => {});
    deaf.write(randomBytes(4_000_000));
    sock.destroy();
    const exits = await Promise.all(ssh.shell.opened.map((shell) => shell.exited));
    expect(exits).toEqual([
      { code: null, signal: 'HUP' },
      { code: null, signal: 'HUP' },
    ]);
  });

  test('closing the endpoint hangs up everything', async () => {
    const ssh = endpoint();
    const client = await ssh.login();
    const channel = await execChannel(client, 'echo ready; sleep 600');
    await seen(channel, /ready/);
    ssh.close();
    expect(await ssh.shell.opened[0]!.exited).toEqual({ code: null, signal: 'HUP' });
  });

  test('no more sessions than allowed', async () => {
    const ssh = endpoint({ maxSessions: 1 });
    const client = await ssh.login();
    const first = await execChannel(client, 'cat');
    await expect(execChannel(client, 'true')).rejects.toThrow();
    const done = finished(first);
    first.end();
    await done;
    expect(await run(client, 'true')).toMatchObject({ code: 0 });
    client.end();
  });

  test('many connections at once', async () => {
    const ssh = endpoint();
    const answers = await Promise.all(
      Array.from({ length: 20 }, async (_, index) => {
        const client = await ssh.login();
        const result = await run(client, `echo ${index}`);
        client.end();
        return result.stdout;
      }),
    );
    expect(answers).toEqual(Array.from({ length: 20 }, (_, index) => `${index}\n`));
  });
});

describe('forwarding', () => {
  test('reaches a port inside, both ways, with half-close', async () => {
    const asked: number[] = [];
    const ssh = endpoint({
      forward: async (port) => {
        asked.push(port);
        const [near, far] = createLink();
        far.pipe(far);
        return near;
      },
    });
    const client = await ssh.login();
    const channel = await new Promise<import('ssh2').ClientChannel>((resolve, reject) =>
      client.forwardOut('127.0.0.1', 1, 'localhost', 8080, (error, made) => (error ? reject(error) : resolve(made))),
    );
    const chunks: Buffer[] = [];
    channel.on('data', (chunk: Buffer) => chunks.push(chunk));
    const data = randomBytes(2_500_000);
    channel.end(data);
    await once(channel, 'close');
    expect(Buffer.concat(chunks).equals(data)).toBe(true);
    expect(asked).toEqual([8080]);
    client.end();
  });

  test('is refused to other hosts, and where nothing listens', async () => {
    const ssh = endpoint({ forward: () => Promise.reject(new Error('refused')) });
    const client = await ssh.login();
    const open = (host: string) =>
      new Promise((resolve, reject) =>
        client.forwardOut('127.0.0.1', 1, host, 80, (error, made) => (error ? reject(error) : resolve(made))),
      );
    await expect(open('example.com')).rejects.toThrow();
    await expect(open('127.0.0.1')).rejects.toThrow();
    client.end();
  });
});
