import { execFile, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';
import { startRuntime, userKey, type TestMachine, type TestRuntime } from './machine-fixture.js';
import { joinStreams } from '../../../src/streams/join-streams.js';

/** OpenSSH's own clients against the machine. */
const present = ['ssh', 'sftp', 'scp', 'ssh-keyscan'].every((name) => !spawnSync(name, ['-V']).error);
const openssh = present ? test : test.skip;

let world: TestRuntime;
let machine: TestMachine;
let server: net.Server;
let port: number;
let options: string[];
beforeEach(async () => {
  world = await startRuntime();
  machine = await world.boot();
  server = net.createServer({ allowHalfOpen: true, pauseOnConnect: true }, (socket) => {
    socket.on('error', () => {});
    void machine.instance.connect(2222).then((stream) => joinStreams(socket, stream));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = (server.address() as net.AddressInfo).port;
  const key = path.join(world.directory, 'id');
  await writeFile(key, userKey.private, { mode: 0o600 });
  const hostKey = path.join(world.volume('vol_1'), '.ssh/host_keys/ssh_host_ed25519_key.pub');
  const known = path.join(world.directory, 'known_hosts');
  await writeFile(known, `[127.0.0.1]:${port} ${await readFile(hostKey, 'utf8')}`);
  options = ['-F', 'none', '-o', `UserKnownHostsFile=${known}`, '-o', 'BatchMode=yes', '-o', `IdentityFile=${key}`];
  options.push(
    '-o',
    'IdentitiesOnly=yes',
    '-o',
    'StrictHostKeyChecking=yes',
    '-o',
    `Port=${port}`,
    '-o',
    'LogLevel=ERROR',
  );
});
afterEach(async () => {
  server.close();
  await world.end();
});

interface Result {
  code: number;
  stdout: string;
  stderr: string;
}

function client(program: string, args: string[], stdin?: string): Promise<Result> {
  return new Promise((resolve) => {
    const child = execFile(program, [...options, ...args], { maxBuffer: 1e8 }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
    );
    child.stdin!.end(stdin);
  });
}

const ssh = (args: string[], stdin?: string) => client('ssh', ['developer@127.0.0.1', ...args], stdin);

openssh('ssh runs commands: output, code, stdin, signal', async () => {
  expect(await ssh(['echo out; echo err >&2; exit 9'])).toEqual({ code: 9, stdout: 'out\n', stderr: 'err\n' });
  expect(await ssh(['tr a-z A-Z'], 'piped in')).toMatchObject({ stdout: 'PIPED IN' });
  expect(await ssh(['kill -TERM $$'])).toMatchObject({ code: 255 });
  expect((await ssh([], 'echo from a script; exit 3\n')).stdout).toContain('from a script');
});

openssh('ssh -tt gets a terminal', async () => {
  expect(await ssh(['-tt', 'test -t 1 && echo tty; exit 4'])).toMatchObject({
    code: 4,
    stdout: expect.stringContaining('tty'),
  });
});

openssh('ssh as another user, or with another key, is refused', async () => {
  expect(await client('ssh', ['root@127.0.0.1', 'true'])).toMatchObject({
    code: 255,
    stderr: expect.stringContaining('Permission denied (publickey)'),
  });
});

openssh(
  'ssh keeps a quiet connection alive with its own messages',
  async () => {
    const quiet = ['-o', 'ServerAliveInterval=1', '-o', 'ServerAliveCountMax=1', 'sleep 3; echo alive'];
    expect(await ssh(quiet)).toMatchObject({ code: 0, stdout: 'alive\n' });
  },
  20000,
);

openssh('ssh forwards a local port into the machine', async () => {
  const script =
    'require("net").createServer((s) => s.pipe(s)).listen(0, "127.0.0.1", function () { console.log(this.address().port) })';
  const child = execFile('ssh', [...options, 'developer@127.0.0.1', `'${process.execPath}' -e '${script}'`]);
  const inside = Number(String(await once(child.stdout!, 'data')));
  const echoed = client('ssh', ['-W', `localhost:${inside}`, 'developer@127.0.0.1'], 'through the tunnel');
  expect(await echoed).toMatchObject({ stdout: 'through the tunnel' });
  child.kill();
  await once(child, 'close');
});

openssh('sftp and scp move files, with modes and directories', async () => {
  const local = path.join(world.directory, 'local');
  await mkdir(path.join(local, 'tree/sub'), { recursive: true });
  await writeFile(path.join(local, 'tree/sub/run.sh'), '#!/bin/sh\necho ran\n', { mode: 0o755 });
  const batch = [
    `put -r ${local}/tree`,
    'ls -l tree/sub',
    'rename tree moved',
    'pwd',
    'df',
    `get moved/sub/run.sh ${local}/back`,
  ];
  const sftp = await client('sftp', ['-b', '-', 'developer@127.0.0.1'], `${batch.join('\n')}\n`);
  expect(sftp).toMatchObject({ code: 0, stdout: expect.stringMatching(/-rwxr-xr-x .* run\.sh/) });
  expect(await readFile(path.join(local, 'back'), 'utf8')).toBe('#!/bin/sh\necho ran\n');
  expect(await ssh(['moved/sub/run.sh'])).toMatchObject({ stdout: 'ran\n' });

  expect(await client('scp', ['-r', '-p', `${local}/tree`, 'developer@127.0.0.1:copied'])).toMatchObject({
    code: 0,
    stderr: '',
  });
  expect(await client('scp', ['developer@127.0.0.1:copied/sub/run.sh', `${local}/again`])).toMatchObject({ code: 0 });
  expect(await readFile(path.join(local, 'again'), 'utf8')).toBe('#!/bin/sh\necho ran\n');
});

openssh('ssh-keyscan sees the host key on the volume', async () => {
  const { stdout } = await promisify(execFile)('ssh-keyscan', ['-p', String(port), '-t', 'ed25519', '127.0.0.1']);
  expect(await readFile(path.join(world.volume('vol_1'), '.ssh/host_keys/ssh_host_ed25519_key.pub'), 'utf8')).toContain(
    stdout.trim().split(' ').pop(),
  );
});
