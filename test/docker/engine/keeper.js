/**
 * Runs one Docker Engine for as long as whoever started this process lives. `unshare --mount node keeper.js <directory> [podman]`; one
 * command a line on stdin:
 *
 *     start        starts dockerd on the directory; answers `ready`, or `failed <reason>`
 *     end TERM     ends dockerd by this signal and keeps its data; answers `ended`
 *
 * When stdin closes — the tests are over, or were killed — everything is ended and removed. dockerd has a PID and a mount namespace of
 * its own: with it every container, shim and mount ends. The engine's data are in memory, in a mount of this process alone: vfs copies an
 * image for each container, and on a disk that takes longer than all else that an engine does.
 */
const { execFileSync, spawn, spawnSync } = require('node:child_process');
const {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  writeFileSync,
  openSync,
} = require('node:fs');
const http = require('node:http');
const path = require('node:path');
const readline = require('node:readline');
const { setTimeout: sleep } = require('node:timers/promises');

const READY_MS = 60_000;
const [directory, kind = 'docker'] = process.argv.slice(2);
const at = (name) => path.join(directory, name);
const socketPath = at('docker.sock');
/** A part of the range for benchmarks (RFC 2544), which nothing else routes. */
const addressPool = `198.18.${(process.pid % 16) * 16}.0/20`;
const cgroup = `sindri-test-${process.pid}`;
let engine = null;

writeFileSync(at('keeper.pid'), String(process.pid));
// A Ctrl-C is for the tests; what it ends is told by stdin.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => undefined);

async function start() {
  writeFileSync(at('daemon.json'), '{}');
  if (!existsSync(at('data'))) {
    mkdirSync(at('data'));
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'mode=0711', 'none', at('data')]);
  }
  // Of an engine that was killed. In the new namespace of processes somebody else may have these numbers, and dockerd would wait for a
  // containerd that is none.
  for (const name of ['dockerd.pid', 'exec/containerd/containerd.pid']) rmSync(at(name), { force: true });
  const log = openSync(at('dockerd.log'), 'a');
  // `/run` of its own: shims have their sockets there, whatever the exec root is.
  const inside = 'mount -t tmpfs none /run && exec "$0" "$@"';
  const child = spawn(
    'setpriv',
    ['--pdeathsig', 'KILL', 'unshare', '--pid', '--mount', '--mount-proc', '--fork', '--kill-child=KILL']
      .concat(['--', 'sh', '-c', inside])
      .concat(kind === 'podman' ? podman() : dockerd()),
    // Each start of a container runs half a dozen programs of Go, which would spend a fifth of their time on collecting garbage.
    { stdio: ['ignore', log, log], detached: true, env: { PATH: `${process.env.PATH}:/usr/sbin:/sbin`, GOGC: '400' } },
  );
  engine = { child, exited: new Promise((resolve) => child.once('exit', resolve).once('error', resolve)) };
  let over = false;
  void engine.exited.then(() => (over = true));
  for (const end = Date.now() + READY_MS; Date.now() < end && !over; await sleep(50)) {
    if (
      await request('GET', '/_ping').then(
        () => true,
        () => false,
      )
    )
      return 'ready';
  }
  await endEngine('KILL');
  return `failed ${lastLines(at('dockerd.log'))}`;
}

function dockerd() {
  return [
    ['dockerd', '--config-file', at('daemon.json')],
    ['--data-root', at('data')],
    ['--exec-root', at('exec')],
    ['--pidfile', at('dockerd.pid')],
    ['--host', `unix://${socketPath}`],
    ['--storage-driver', 'vfs'],
    ['--cgroup-parent', `/${cgroup}`],
    ['--default-address-pool', `base=${addressPool},size=26`],
    ['--iptables=false', '--ip6tables=false', '--bridge=none'],
  ].flat();
}

function podman() {
  return [
    ['podman', '--root', at('data'), '--runroot', at('exec'), '--storage-driver', 'vfs'],
    ['--cgroup-manager', 'cgroupfs', '--network-config-dir', at('networks')],
    ['system', 'service', '--time', '0', `unix://${socketPath}`],
  ].flat();
}

/** `KILL` takes the whole namespace down at once; any other signal goes to dockerd itself. */
async function endEngine(signal) {
  if (engine === null) return;
  const { child, exited } = engine;
  engine = null;
  if (signal === 'KILL') child.kill('SIGKILL');
  else for (const pid of childrenOf(child.pid)) process.kill(pid, `SIG${signal}`);
  await exited;
  // What `unshare` has killed may take a moment to be gone.
  for (let tries = 0; tries < 100 && existsSync(socketPath) && (await answers()); tries++) await sleep(20);
}

const answers = () =>
  request('GET', '/_ping').then(
    () => true,
    () => false,
  );

async function removeEverything() {
  if (engine !== null) await removeNetworks().catch(() => undefined);
  await endEngine('KILL');
  if (existsSync(at('data'))) spawnSync('umount', ['--lazy', at('data')]);
  for (let tries = 1; ; tries++) {
    try {
      rmSync(directory, { recursive: true, force: true });
      break;
    } catch (error) {
      if (tries === 50) throw error;
      await sleep(50);
    }
  }
  removeCgroups();
}

/** Bridges belong to the computer, and would outlive dockerd. */
async function removeNetworks() {
  const containers = JSON.parse(await request('GET', '/containers/json?all=1'));
  await Promise.allSettled(containers.map(({ Id }) => request('DELETE', `/containers/${Id}?force=1`)));
  const networks = JSON.parse(await request('GET', '/networks'));
  const made = networks.filter(({ Driver }) => Driver === 'bridge');
  await Promise.allSettled(made.map(({ Id }) => request('DELETE', `/networks/${Id}`)));
}

function removeCgroups() {
  const root = '/sys/fs/cgroup';
  const controllers = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  for (const folder of [root, ...controllers.map(({ name }) => path.join(root, name))]) {
    const own = path.join(folder, cgroup);
    if (existsSync(own)) removeCgroup(own);
  }
}

function removeCgroup(folder) {
  try {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (entry.isDirectory()) removeCgroup(path.join(folder, entry.name));
    }
    rmdirSync(folder);
  } catch {
    // The kernel is not done with it; an empty group harms nobody.
  }
}

function childrenOf(pid) {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);
}

function request(method, url) {
  return new Promise((resolve, reject) => {
    const sent = http.request({ socketPath, method, path: url, timeout: 20_000 }, (answer) => {
      let text = '';
      answer
        .on('data', (chunk) => (text += chunk))
        .on('end', () => resolve(text))
        .on('error', reject);
    });
    sent
      .on('timeout', () => sent.destroy(new Error('no answer')))
      .on('error', reject)
      .end();
  });
}

function lastLines(file) {
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-5).join(' | ');
}

async function main() {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const [command, signal] = line.split(' ');
    let answer = 'ended';
    if (command === 'start') answer = await start().catch(({ message }) => `failed ${message.split('\n')[0]}`);
    else await endEngine(signal);
    process.stdout.write(`${answer}\n`);
  }
  await removeEverything();
}

// Whoever reads may be gone.
process.stdout.on('error', () => undefined);
void main();
