import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort } from '../../../../test/free-port.js';
import { findProgram } from '../../../../test/system-component.js';
import { flyctlVariables } from '../../src/command-line/flyctl-variables.js';
import { CONFIG, startSubject, type Subject } from '../support/fly.js';

/** Fly's own command line against the private network. It is in no Debian package, so it may be missing. */
const flyctl = findProgram('flyctl');
const missing = flyctl === null ? ' (needs flyctl, which is not installed)' : '';
const withFlyctl = flyctl === null ? test.skip : test;

interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

let fly: Subject;
/** Short: the socket of flyctl's daemon lies in it. */
let directory: string;
let env: Record<string, string>;
let machineIp: string;
let port: number;
const children: ChildProcess[] = [];

const runOnce = (...args: string[]): Promise<Ended> =>
  new Promise((resolve) => {
    const child = execFile(flyctl ?? '', args, { env, cwd: directory, timeout: 30_000 }, (_error, stdout, stderr) =>
      resolve({ code: child.exitCode, stdout, stderr }),
    );
    child.stdin?.end();
  });
/** Now and then flyctl's daemon breaks the pipe to its own client. */
const run = async (...args: string[]): Promise<Ended> => {
  const first = await runOnce(...args);
  return /broken pipe/.test(first.stderr) ? runOnce(...args) : first;
};

beforeAll(async () => {
  if (flyctl === null) return;
  directory = mkdtempSync(path.join(tmpdir(), 'flyctl-'));
  fly = await startSubject({ runtime: 'processes', latency: { shortestRunMs: 1000 } });
  // Nothing of this process: in CI flyctl would take the WebSocket at port 443, which needs a privilege.
  env = { PATH: process.env.PATH ?? '', HOME: directory, ...flyctlVariables(directory, fly.env) };
  fly.admin.seedApp({ name: 'demo' });
  port = await freePort();
  const echo = `require('net').createServer({ allowHalfOpen: true }, (s) => s.pipe(s)).listen(${port}, '0.0.0.0')`;
  const id = fly.admin.seedMachine({
    app: 'demo',
    config: { ...CONFIG, init: { exec: [process.execPath, '-e', echo] } },
  });
  await fly.admin.untilState('demo', id, 'started');
  machineIp = (await fly.get(`/v1/apps/demo/machines/${id}`)).body.private_ip;
});
afterAll(async () => {
  if (flyctl === null) return;
  for (const child of children) child.kill();
  await run('agent', 'stop');
  await fly.stop();
  rmSync(directory, { recursive: true, force: true });
});

withFlyctl(`ssh console runs a command in the machine${missing}`, async () => {
  expect(await run('ssh', 'console', '-a', 'demo', '-C', `sh -c 'echo in $FLY_APP_NAME'`)).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('in demo\n'),
  });
  // It loses the exit code itself.
  expect(await run('ssh', 'console', '-a', 'demo', '-C', `sh -c 'exit 7'`)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('Process exited with status 7'),
  });
});

withFlyctl(`proxy carries connections${missing}`, async () => {
  const local = await freePort();
  const child = spawn(flyctl ?? '', ['proxy', `${local}:${port}`, '-a', 'demo'], { env, cwd: directory });
  children.push(child);
  await once(child.stdout, 'data');
  const socket = net.connect(local, '127.0.0.1');
  socket.write('hello');
  const [answer] = (await once(socket, 'data')) as [Buffer];
  expect(answer.toString()).toBe('hello');
  socket.destroy();
});

withFlyctl(`names, echoes, peers and certificates${missing}`, async () => {
  expect(await run('dig', '-o', 'personal', '-s', 'AAAA', 'demo.internal')).toMatchObject({ stdout: `${machineIp}\n` });
  expect(await run('ping', '-o', 'personal', '-n', '1', 'demo.internal')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining(machineIp),
  });
  const file = path.join(directory, 'wg.conf');
  expect(await run('wireguard', 'create', 'personal', 'iad', 'laptop', file)).toMatchObject({ code: 0 });
  expect(readFileSync(file, 'utf8')).toContain(`Endpoint = ${fly.gateway()?.host}:51820`);
  expect((await run('wireguard', 'list', 'personal')).stdout).toContain('laptop');
  expect(await run('wireguard', 'remove', 'personal', 'laptop')).toMatchObject({ code: 0 });
  expect(await run('ssh', 'issue', 'personal', path.join(directory, 'id'))).toMatchObject({ code: 0 });
});
