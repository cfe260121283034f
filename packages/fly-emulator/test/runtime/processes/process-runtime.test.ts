import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, readlink, stat, symlink, writeFile } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import { once } from 'node:events';
import { createProcessRuntime } from '../../../src/runtime/processes/process-runtime.js';
import { execChannel, finished, run, seen } from '../ssh/ssh-client.js';
import { processState, startRuntime, VOLUME, type TestRuntime } from './machine-fixture.js';

let world: TestRuntime;
beforeEach(async () => {
  world = await startRuntime();
});
afterEach(() => world.end());

const linux = process.platform === 'linux' ? test : test.skip;

const root = () => path.join(world.directory, 'machines/my-app/m1/root');
const home = () => path.join(root(), 'alt/home/developer');
const withInit = (init: object) => ({ config: { image: 'alpine', init } });

describe('the Sindri image', () => {
  test('runs, serves SSH on 2222, and is stopped by its signal', async () => {
    const machine = await world.boot();
    expect(machine.logs).toEqual(
      expect.arrayContaining(['Generated SSH host keys', 'Server listening on 0.0.0.0 port 2222.']),
    );
    const client = await machine.login();
    expect(await run(client, 'echo "$USER $HOME $ALT_HOME $WORKSPACE"; pwd')).toMatchObject({
      stdout: `developer ${home()} ${home()} ${home()}/workspace\n${home()}\n`,
      code: 0,
    });
    client.end();
    await machine.instance.stop({ signal: 'SIGINT', timeoutMs: 60_000 });
    expect(await machine.exited).toEqual({ code: 0, signal: -1, oomKilled: false });
    await expect(machine.instance.connect(2222)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  test('host keys are made once and kept on the volume', async () => {
    const keyFile = path.join(world.volume('vol_1'), '.ssh/host_keys/ssh_host_ed25519_key');
    const hostKeys: string[] = [];
    for (let boot = 0; boot < 2; boot += 1) {
      const machine = await world.boot();
      const client = await machine.login({ hostVerifier: (key: Buffer) => hostKeys.push(key.toString('base64')) > 0 });
      client.end();
      await machine.instance.stop({ signal: 'SIGTERM', timeoutMs: 60_000 });
    }
    expect(hostKeys[0]).toBe(hostKeys[1]);
    expect(await readFile(`${keyFile}.pub`, 'utf8')).toContain(hostKeys[0]);
    expect((await stat(keyFile)).mode & 0o777).toBe(0o600);
  });

  test('an exec through the API reads the public host key by ALT_HOME', async () => {
    const machine = await world.boot();
    const command = 'cat "${ALT_HOME:-/alt/home/developer}"/.ssh/host_keys/*.pub 2>/dev/null';
    const result = await machine.instance.exec({ command: ['sh', '-c', command], timeoutMs: 60_000 });
    expect(result).toMatchObject({ exit_code: 0, stdout: expect.stringMatching(/^ssh-ed25519 AAAA/) });
  });

  test('AUTHORIZED_KEYS replaces the file at each boot; without it the keys on the volume stay', async () => {
    await (await world.boot()).instance.stop({ signal: 'TERM', timeoutMs: 60_000 });
    const machine = await world.boot({ secrets: { AUTHORIZED_KEYS: '' } });
    expect(machine.logs.join()).toContain('AUTHORIZED_KEYS is not set');
    (await machine.login()).end();
    expect((await stat(path.join(home(), '.ssh/authorized_keys'))).mode & 0o777).toBe(0o600);
  });

  test('SSH_PORT moves the server, CI_MODE leaves it out', async () => {
    const moved = await world.boot({ env: { SSH_PORT: '2022' } });
    (await moved.login()).end();
    await expect(moved.instance.connect(2222)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    const ci = await world.boot({ machineId: 'm2', env: { CI_MODE: 'true' }, config: { image: 'sindri' } });
    await expect(ci.instance.connect(2222)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  test('a bad GIT_USER_NAME ends the boot with 1, as the image does', async () => {
    const machine = await world.boot({ env: { GIT_USER_NAME: 'a;b' } });
    expect(await machine.exited).toMatchObject({ code: 1 });
    expect(machine.logs).toContain('Invalid GIT_USER_NAME');
  });

  test('the git identity is set', async () => {
    const machine = await world.boot({ env: { GIT_USER_NAME: 'Ada L', GIT_USER_EMAIL: 'ada@example.com' } });
    const client = await machine.login();
    expect((await run(client, 'git config user.email || cat ~/.gitconfig')).stdout).toContain('ada@example.com');
    client.end();
  });
});

describe('environment', () => {
  test('nothing of the emulator process leaks in, and machine variables are there', async () => {
    process.env.SINDRI_TEST_LEAK = 'leak';
    try {
      const machine = await world.boot({ env: { MY_SETTING: 'yes', WORKSPACE: '/alt/home/developer/workspace' } });
      const client = await machine.login();
      const { stdout } = await run(client, 'env');
      expect(stdout).not.toContain('leak');
      expect(stdout).not.toMatch(/^(npm_|NODE_|JEST_)/m);
      expect(stdout).toContain('MY_SETTING=yes\n');
      expect(stdout).toContain(`WORKSPACE=${home()}/workspace\n`);
      client.end();
    } finally {
      delete process.env.SINDRI_TEST_LEAK;
    }
  });

  test('guest paths in settings are translated, secrets never', async () => {
    const machine = await world.boot({
      env: { TOOLS: '/alt/home/developer/a:/usr/bin:/alt/home/developer' },
      secrets: { KEY_PATH: '/alt/home/developer/key' },
    });
    const { stdout } = await machine.instance.exec({
      command: ['sh', '-c', 'echo $TOOLS $KEY_PATH'],
      timeoutMs: 60_000,
    });
    expect(stdout).toBe(`${home()}/a:/usr/bin:${home()} /alt/home/developer/key\n`);
  });
});

describe('root and volumes', () => {
  test('the volume survives stop and start, the root does not', async () => {
    const first = await world.boot();
    const client = await first.login();
    await run(client, `echo kept > ~/file; mkdir -p '${root()}/opt'; echo lost > '${root()}/opt/file'`);
    client.end();
    await first.instance.stop({ signal: 'SIGINT', timeoutMs: 60_000 });
    const second = await world.boot();
    expect((await second.instance.exec({ command: ['cat', `${home()}/file`], timeoutMs: 60_000 })).stdout).toBe(
      'kept\n',
    );
    expect(existsSync(path.join(root(), 'opt/file'))).toBe(false);
  });

  test('keepRoot keeps the root', async () => {
    const first = await world.boot();
    await writeFile(path.join(root(), 'note'), 'x');
    await first.instance.stop({ signal: 'SIGINT', timeoutMs: 60_000 });
    await world.boot({ keepRoot: true });
    expect(existsSync(path.join(root(), 'note'))).toBe(true);
    expect(await readlink(home())).toBe(world.volume('vol_1'));
  });

  test('without a volume the home is part of the root', async () => {
    const config = { image: 'sindri' };
    const first = await world.boot({ config });
    await writeFile(path.join(home(), 'file'), 'x');
    await first.instance.stop({ signal: 'SIGINT', timeoutMs: 60_000 });
    await world.boot({ config });
    expect(existsSync(path.join(home(), 'file'))).toBe(false);
  });

  test('configured files are written with content and mode', async () => {
    const encoded = Buffer.from('hello').toString('base64');
    await world.boot({
      secrets: { HIDDEN: Buffer.from('secret').toString('base64') },
      config: {
        image: 'sindri',
        files: [
          { guest_path: '/etc/app/hello', raw_value: encoded },
          { guest_path: '/etc/app/hidden', secret_name: 'HIDDEN', mode: 0o600 },
          { guest_path: '/../../../escape', raw_value: encoded },
        ],
      },
    });
    expect(await readFile(path.join(root(), 'etc/app/hello'), 'utf8')).toBe('hello');
    expect(await readFile(path.join(root(), 'etc/app/hidden'), 'utf8')).toBe('secret');
    expect((await stat(path.join(root(), 'etc/app/hidden'))).mode & 0o777).toBe(0o600);
    expect(await readFile(path.join(root(), 'escape'), 'utf8')).toBe('hello');
  });

  test('a link on the volume does not lead a configured file out', async () => {
    await mkdir(world.volume('vol_1'), { recursive: true });
    await symlink('/tmp', path.join(world.volume('vol_1'), 'out'));
    const files = [{ guest_path: '/alt/home/developer/out/file', raw_value: 'eA==' }];
    await expect(world.boot({ config: { image: 'sindri', mounts: [VOLUME], files } })).rejects.toThrow('leads out');
  });

  test.each(['../x', 'a/b', '', '.', '..'])('%j is no id', async (id) => {
    await expect(world.boot({ app: id })).rejects.toThrow('not an id');
    await expect(world.boot({ machineId: id })).rejects.toThrow('not an id');
    await expect(world.runtime.discard('my-app', id)).rejects.toThrow('not an id');
    await expect(world.runtime.discardVolume(id)).rejects.toThrow('not an id');
    await expect(world.runtime.copyVolume('vol_1', id)).rejects.toThrow('not an id');
  });

  test('a volume is copied with modes and links, and discarded', async () => {
    const from = world.volume('vol_1');
    await mkdir(path.join(from, 'dir'), { recursive: true });
    await writeFile(path.join(from, 'dir/run'), '#!/bin/sh\n', { mode: 0o755 });
    await symlink('dir/run', path.join(from, 'link'));
    await chmod(path.join(from, 'dir'), 0o555);
    await world.runtime.copyVolume('vol_1', 'vol_2');
    expect((await stat(path.join(world.volume('vol_2'), 'dir/run'))).mode & 0o777).toBe(0o755);
    expect(await readlink(path.join(world.volume('vol_2'), 'link'))).toBe('dir/run');
    await world.runtime.copyVolume('vol_nothing', 'vol_2');
    expect(existsSync(path.join(world.volume('vol_2'), 'dir'))).toBe(false);
    await world.runtime.discardVolume('vol_1');
    expect(existsSync(from)).toBe(false);
  });

  test('discard removes the machine and ends what runs in it', async () => {
    const machine = await world.boot();
    await world.runtime.discard('my-app', 'm1');
    expect(await machine.exited).toMatchObject({ code: 137, signal: 9 });
    expect(existsSync(path.join(world.directory, 'machines/my-app'))).toBe(false);
    expect(existsSync(world.volume('vol_1'))).toBe(true);
  });
});

describe('the main process', () => {
  test('init.exec runs in the root; its lines are logged and its code reported', async () => {
    const machine = await world.boot(withInit({ exec: ['sh', '-c', 'pwd; echo bad >&2; printf half; exit 3'] }));
    expect(await machine.exited).toEqual({ code: 3, signal: -1, oomKilled: false });
    expect(machine.logs.sort()).toEqual(['bad', 'half', root()].sort());
  });

  test('entrypoint and cmd are one command; the Sindri image ignores cmd alone', async () => {
    const both = await world.boot(withInit({ entrypoint: ['echo', 'a'], cmd: ['b'] }));
    await both.exited;
    expect(both.logs).toEqual(['a b']);
    const plain = await world.boot(withInit({ cmd: ['echo', 'cmd'] }));
    await plain.exited;
    expect(plain.logs).toEqual(['cmd']);
    const sindri = await world.boot({ config: { image: 'ghcr.io/pacphi/sindri@sha256:0', init: { cmd: ['false'] } } });
    (await sindri.login()).end();
  });

  test('it has no input, as in a container', async () => {
    expect(await (await world.boot(withInit({ exec: ['cat'] }))).exited).toMatchObject({ code: 0 });
  });

  test('a program from the configured files is found', async () => {
    const raw_value = Buffer.from('#!/bin/sh\necho mine\n').toString('base64');
    const machine = await world.boot({
      config: {
        image: 'x',
        files: [{ guest_path: '/app/run', raw_value, mode: 0o755 }],
        init: { exec: ['/app/run'] },
      },
    });
    await machine.exited;
    expect(machine.logs).toEqual(['mine']);
  });

  test('a command that does not exist is refused at boot', async () => {
    await expect(world.boot(withInit({ exec: ['/no/such/program'] }))).rejects.toThrow('cannot run /no/such/program');
  });

  test('signals: a trapped one, a fatal one, an unknown one', async () => {
    const machine = await world.boot(
      withInit({
        exec: ['sh', '-c', 'trap "echo usr1" USR1; echo ready; while :; do sleep 0.01; done'],
      }),
    );
    await machine.said('ready');
    await expect(machine.instance.signal('NOPE')).rejects.toThrow('unknown signal');
    await machine.instance.signal('USR1');
    await machine.said('usr1');
    await machine.instance.signal('SIGTERM');
    expect(await machine.exited).toEqual({ code: 143, signal: 15, oomKilled: false });
    await expect(machine.instance.ps()).rejects.toThrow('not running');
    await expect(machine.instance.exec({ command: ['true'], timeoutMs: 1000 })).rejects.toThrow('not running');
  });

  test('one that ignores its signal is ended after the timeout, with everything around it', async () => {
    const machine = await world.boot(
      withInit({ exec: ['sh', '-c', 'trap "" INT TERM; echo deaf; while :; do sleep 60; done'] }),
    );
    await machine.said('deaf');
    await machine.instance.stop({ signal: 'SIGINT', timeoutMs: 30 });
    expect(await machine.exited).toMatchObject({ code: 137, signal: 9 });
  });

  linux(
    'daemons that left their parents and their environment die with the machine',
    async () => {
      const machine = await world.boot();
      const client = await machine.login();
      const { stdout } = await run(
        client,
        'setsid sh -c "sleep 600 >/dev/null 2>&1 & echo \\$!" ; env -i /bin/sh -c "sleep 600 >/dev/null 2>&1 & echo \\$!"; (setsid nohup sleep 600 >/dev/null 2>&1 & echo $!)',
      );
      const pids = stdout.trim().split('\n').map(Number);
      expect(pids).toHaveLength(3);
      await machine.instance.stop({ signal: 'SIGINT', timeoutMs: 60_000 });
      for (const pid of pids) expect([null, 'Z']).toContain(await processState(pid));
    },
    20000,
  );
});

describe('exec and ps', () => {
  test('exec gives codes, signals, both outputs and stdin', async () => {
    const { instance } = await world.boot();
    const exec = (command: string[], stdin?: string) => instance.exec({ command, stdin, timeoutMs: 60_000 });
    expect(await exec(['sh', '-c', 'cat; echo e >&2; exit 5'], 'in')).toEqual({
      exit_code: 5,
      exit_signal: -1,
      stdout: 'in',
      stderr: 'e\n',
    });
    expect(await exec(['sh', '-c', 'kill -KILL $$'])).toMatchObject({ exit_code: 137, exit_signal: 9 });
    expect(await exec(['no-such-program'])).toMatchObject({ exit_code: 127 });
    expect((await exec(['sh', '-c', 'sleep 60 & echo done'])).stdout).toBe('done\n');
    expect((await exec(['sh', '-c', 'head -c 3000000 /dev/zero'])).stdout).toHaveLength(1024 * 1024);
  });

  test('exec that takes too long is ended', async () => {
    const { instance } = await world.boot();
    await expect(instance.exec({ command: ['sleep', '60'], timeoutMs: 20 })).rejects.toMatchObject({
      code: 'ETIMEDOUT',
    });
    expect((await instance.ps()).filter((entry) => entry.command === 'sleep 60')).toEqual([]);
  });

  test('ps lists what runs, with paths of the machine', async () => {
    const machine = await world.boot();
    const client = await machine.login();
    const channel = await execChannel(client, 'echo go; exec sleep 600');
    await seen(channel, /go/);
    const list = await machine.instance.ps();
    expect(list.map((entry) => entry.command)).toEqual([
      '/bin/sh /docker/scripts/entrypoint.sh',
      'sleep 600',
      'sshd: /usr/sbin/sshd -D',
    ]);
    if (process.platform === 'linux') expect(list[1]!.directory).toBe('/alt/home/developer');
    client.end();
  });
});

describe('ports inside', () => {
  const server = (address: string) =>
    `require("net").createServer((s) => s.end("hi")).listen(0, "${address}", function () { console.log(this.address().port) })`;

  async function listening(address: string) {
    const machine = await world.boot();
    const client = await machine.login();
    const channel = await execChannel(client, `'${process.execPath}' -e '${server(address)}'`);
    const port = Number(/\d+/.exec(await seen(channel, /\n/))![0]);
    return { machine, client, channel, port };
  }

  linux('a listening process is reached, and shown by ps', async () => {
    const { machine, client, port } = await listening('0.0.0.0');
    const stream = await machine.instance.connect(port);
    expect(String(await once(stream, 'data'))).toBe('hi');
    stream.destroy();
    const sockets = (await machine.instance.ps()).flatMap((entry) => entry.listen_sockets);
    expect(sockets).toEqual([
      { proto: 'tcp', address: `0.0.0.0:${port}` },
      // The SSH server's own.
      { proto: 'tcp', address: '0.0.0.0:2222' },
    ]);
    client.end();
  });

  linux('a process outside the machine is not reached on a port that was one of the machine before', async () => {
    const { machine, client, channel, port } = await listening('0.0.0.0');
    const before = await machine.instance.connect(port);
    expect(String(await once(before, 'data'))).toBe('hi');
    const { pid } = (await machine.instance.ps()).find(({ listen_sockets }) =>
      listen_sockets.some(({ address }) => address === `0.0.0.0:${port}`),
    )!;
    const over = once(channel, 'close');
    process.kill(pid);
    await over;
    await expect(machine.instance.connect(port)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    const outside = net.createServer().listen(port, '0.0.0.0');
    await once(outside, 'listening');
    await expect(machine.instance.connect(port)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    outside.close();
    client.end();
  });

  linux('one that listens on loopback only is not, except through SSH forwarding', async () => {
    const { machine, client, port } = await listening('127.0.0.1');
    await expect(machine.instance.connect(port)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    const channel = await new Promise<import('ssh2').ClientChannel>((resolve, reject) =>
      client.forwardOut('127.0.0.1', 0, '127.0.0.1', port, (error, made) => (error ? reject(error) : resolve(made))),
    );
    expect(String(await once(channel, 'data'))).toBe('hi');
    client.end();
  });

  linux('a process outside the machine is not reached', async () => {
    const outside = net.createServer().listen(0, '0.0.0.0');
    await once(outside, 'listening');
    const machine = await world.boot();
    await expect(machine.instance.connect((outside.address() as { port: number }).port)).rejects.toMatchObject({
      code: 'ECONNREFUSED',
    });
    outside.close();
  });
});

describe('suspend', () => {
  const counter = 'i=0; while :; do i=$((i+1)); echo $i > counter; done';

  linux(
    'a counter, a terminal and a detached daemon stand still, and go on',
    async () => {
      const machine = await world.boot();
      const client = await machine.login();
      const channel = await execChannel(client, `echo $$; ${counter}`);
      const pid = Number(await seen(channel, /\n/));
      const daemon = Number((await run(client, 'setsid sh -c "while :; do :; done" >/dev/null 2>&1 & echo $!')).stdout);
      await machine.instance.freeze();
      expect(await processState(pid)).toBe('T');
      expect(await processState(daemon)).toBe('T');
      const before = await readFile(path.join(home(), 'counter'), 'utf8');
      await expect(machine.instance.exec({ command: ['true'], timeoutMs: 1000 })).rejects.toThrow('suspended');
      expect(await readFile(path.join(home(), 'counter'), 'utf8')).toBe(before);

      // A command asked for while frozen is answered after the thaw.
      let answered = false;
      const answer = run(client, 'echo back').then((result) => {
        answered = true;
        return result;
      });
      await new Promise((resolve) => setImmediate(resolve));
      expect(answered).toBe(false);
      await machine.instance.thaw();
      expect((await answer).stdout).toBe('back\n');
      expect(await processState(pid)).not.toBe('T');
      client.end();
    },
    20000,
  );

  linux('what a person had stopped stays stopped after the thaw', async () => {
    const machine = await world.boot();
    const client = await machine.login();
    const channel = await execChannel(client, 'sleep 600 & kill -STOP $!; echo $!; wait');
    const pid = Number(await seen(channel, /\n/));
    await machine.instance.freeze();
    await machine.instance.thaw();
    expect(await processState(pid)).toBe('T');
    client.end();
  });

  test('a suspended machine can be stopped: nothing in it runs again', async () => {
    const machine = await world.boot(
      withInit({ exec: ['sh', '-c', 'trap "echo told" TERM INT; echo set; while :; do sleep 0.01; done'] }),
    );
    await machine.said('set');
    await machine.instance.freeze();
    await machine.instance.stop({ signal: 'SIGTERM', timeoutMs: 60000 });
    expect(await machine.exited).toMatchObject({ code: 137, signal: 9 });
    expect(machine.logs).toEqual(['set']);
  });
});

describe('leftovers', () => {
  linux('processes of an emulator that died with this directory are ended by the next', async () => {
    const machine = await world.boot();
    const client = await machine.login();
    const pid = Number((await run(client, 'setsid sleep 600 >/dev/null 2>&1 & echo $!')).stdout);
    const next = createProcessRuntime({
      directory: path.join(world.directory, 'machines'),
      emulatorId: 'another',
      volumeDirectory: world.volume,
      random: () => 0.5,
    });
    await next.close();
    expect([null, 'Z']).toContain(await processState(pid));
    await machine.exited;
  });

  test('sessions end with the machine', async () => {
    const machine = await world.boot();
    const client = await machine.login();
    const channel = await execChannel(client, 'echo go; sleep 600');
    const result = finished(channel);
    await seen(channel, /go/);
    await machine.instance.stop({ signal: 'SIGINT', timeoutMs: 60_000 });
    await result;
  });
});
