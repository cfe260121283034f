// What the private network of an environment costs a person: `sindri tunnel` and a command by `hallpass`, beside flyctl where there is one.
// All of them use the same emulator, with machines that are processes.
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { product } from '../scripts/product/make.mjs';
import { root } from '../scripts/setup.mjs';
import { median } from './median.mjs';
import { jobs, measureJob } from './tunnel.mjs';

const cli = path.join(product, 'bin/run.js');
const rounds = Number(process.env.SINDRI_BENCH_ROUNDS ?? 5);
const app = 'bench-private';
/** Enough to see a rate of some hundred Mbit/s, and not minutes of it. */
const bytes = 10e6;
/** What is served inside is reached on other ports of this computer. */
const inside = 31_000;
const services = [7, 8, 9];

export async function measurePrivateNetwork() {
  const base = mkdtempSync(path.join(tmpdir(), 'sindri-bench-'));
  const { PATH, SystemRoot } = process.env;
  const env = { PATH, SystemRoot, HOME: base, SINDRI_STATE_DIR: path.join(base, 'state'), SINDRI_LOCAL: '1' };
  const place = { cwd: path.join(base, 'project'), env };
  mkdirSync(place.cwd);
  writeFileSync(path.join(place.cwd, 'sindri.yaml'), config);
  const tunnels = [];
  try {
    sindri(place, ['deploy', '--yes']);
    const server = [process.execPath, path.join(root, 'bench/tunnel-server.mjs'), 'kernel', '0.0.0.0', inside];
    sindri(place, ['exec', '--', 'sh', '-c', `${server.join(' ')} >/dev/null 2>&1 &`]);

    const ways = [waySindri(place), ...(await waysOfFlyctl(place))];
    const rows = ways.flatMap(({ commands }) => commands.map((command) => measureCommand(command, place)));
    for (const way of ways) tunnels.push(await openTunnel(way, place));
    const sides = ways.map(({ name, portBase }) => ({
      name,
      prefix: [],
      options: { server: '127.0.0.1', portBase },
    }));
    rows.push(...jobs.flatMap((job) => measureJob(job, sides, bytes)));
    return [...rows, ...tunnels.map((tunnel) => tunnel.peakRow())];
  } finally {
    for (const tunnel of tunnels) tunnel.close();
    sindri(place, ['emulator', 'stop']);
    rmSync(base, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** A way into the private network: commands to be timed, and processes that forward the ports of the services. */
function waySindri(place) {
  const args = ['connect', '--method', 'hallpass', '--', 'true'];
  const peers = path.join(place.env.SINDRI_STATE_DIR, 'local/fly/wireguard');
  return {
    name: 'sindri tunnel',
    portBase: 32_000,
    commands: [
      {
        name: `sindri ${args.join(' ')}, no peer yet`,
        before: () => rmSync(peers, { recursive: true, force: true }),
        run: () => sindri(place, args),
      },
      { name: `sindri ${args.join(' ')}, known peer`, run: () => sindri(place, args) },
    ],
    processes: (ports) => [[process.execPath, [cli, 'tunnel', ...ports], place.env]],
  };
}

/** By UDP and, where the gateway may have port 443, by WebSocket, which is flyctl's default. */
async function waysOfFlyctl(place) {
  if (spawnSync('flyctl', ['version']).status !== 0) return [];
  const { stdout } = sindri(place, ['emulator', 'env', '--flyctl', '--json']);
  const { env: given } = JSON.parse(stdout);
  const way = (name, portBase, more) => {
    const env = { ...place.env, ...given, ...more };
    const flyctl = (args) => must(spawnSync('flyctl', args, { ...place, env, encoding: 'utf8' }), `flyctl ${args[0]}`);
    const args = ['ssh', 'console', '-a', app, '-C', 'true'];
    const commands = [
      {
        name: `${name}: ${args.join(' ')}, no agent`,
        before: () => spawnSync('flyctl', ['agent', 'stop'], { ...place, env }),
        run: () => flyctl(args),
      },
      { name: `${name}: ${args.join(' ')}, its agent runs`, run: () => flyctl(args) },
    ];
    const processes = (ports) => ports.map((pair) => ['flyctl', ['proxy', pair, '-a', app], env]);
    return {
      name,
      portBase,
      commands,
      processes,
      end: () => spawnSync('flyctl', ['agent', 'stop'], { ...place, env }),
    };
  };
  const ways = [way('flyctl, UDP', 33_000, {})];
  if (await mayListen(443)) {
    // Its agent decides, and there is one for each of its directories.
    const more = { FLY_WIRE_GUARD_WEBSOCKETS: 'true', FLY_CONFIG_DIR: path.join(place.env.HOME, 'flyctl-websocket') };
    mkdirSync(more.FLY_CONFIG_DIR);
    ways.push(way('flyctl, WebSocket', 34_000, more));
  }
  return ways;
}

/** Whether this user may have the port: those below 1024 need a privilege. A gateway that has it already has it on another address. */
async function mayListen(port) {
  const server = net.createServer();
  return new Promise((resolve) =>
    server
      .once('error', ({ code }) => resolve(code === 'EADDRINUSE'))
      .listen(port, '127.0.0.1', () => server.close(() => resolve(true))),
  );
}

function measureCommand({ name, before, run }) {
  const times = [];
  for (let round = 0; round <= rounds; round += 1) {
    before?.();
    const start = performance.now();
    run();
    // The first one warms caches.
    if (round > 0) times.push(performance.now() - start);
  }
  return row(name, `${Math.round(median(times))} ms`);
}

async function openTunnel({ name, portBase, processes, end }, place) {
  const ports = services.map((port) => `${portBase + port}:${inside + port}`);
  const children = processes(ports).map(([program, args, env]) =>
    spawn(program, args, { cwd: place.cwd, env, stdio: ['ignore', 'ignore', 'inherit'] }),
  );
  for (const port of services) await listening(portBase + port);
  return {
    peakRow: () =>
      row(
        `${name}: peak memory of what forwards`,
        `${children.reduce((sum, { pid }) => sum + peakMegabytes(pid), 0)} MB`,
      ),
    close() {
      children.forEach((child) => child.kill('SIGINT'));
      end?.();
    },
  };
}

/** Until something listens there. */
async function listening(port) {
  for (const end = performance.now() + 20_000; ;) {
    const socket = net.connect({ host: '127.0.0.1', port });
    const open = await new Promise((resolve) =>
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false)),
    );
    socket.destroy();
    if (open) return;
    if (performance.now() > end) throw new Error(`nothing listens on port ${port}`);
    await setTimeout(50);
  }
}

/** As Linux accounts it. */
const peakMegabytes = (pid) =>
  Math.round(Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024);

function sindri(place, args) {
  return must(spawnSync(process.execPath, [cli, ...args], { ...place, encoding: 'utf8' }), `sindri ${args.join(' ')}`);
}

function must(result, what) {
  if (result.status !== 0) throw new Error(`${what} ended with ${result.status}: ${result.stderr}`);
  return result;
}

const row = (what, measured) => ({ what, measured, target: null, ok: null });

const config = `version: '1.0'
name: ${app}
deployment:
  provider: fly
  resources: { memory: 2GB, cpus: 1 }
providers:
  # A tunnel is no load: on a slow computer the machine would fall asleep under it.
  fly: { region: sjc, autoStopMachines: false }
`;

// `node bench/private-network.mjs` measures only this.
if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  for (const { what, measured } of await measurePrivateNetwork()) console.log(`${what.padEnd(72)} ${measured}`);
  process.exit(0);
}
