// What a *command* asks of Fly, as a person types it, and how long it takes when Fly is far away.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startDelayRelay } from './delay-relay.mjs';
import { product } from '../scripts/product/make.mjs';

const require = createRequire(import.meta.url);
const cli = path.join(product, 'bin/run.js');
const ROUND_TRIP_MS = 150;
const BOOT_MS = 4000;

/**
 * In this order, each in a process of its own. `requests`: the most that it may ask, waits left out. `trips`: how many round trips no
 * client can do without, the connection included; only what has it is measured through the relay. `boots`: it waits for a boot, too.
 */
const commands = [
  { what: 'plan', args: ['plan'], requests: 2, trips: 2 },
  { what: 'first deploy', args: ['deploy', '--yes'], requests: 10, trips: 8, boots: true },
  { what: 'deploy, nothing to do', args: ['deploy', '--yes'], requests: 5, trips: 2 },
  { what: 'status', args: ['status'], requests: 3, trips: 2 },
  { what: 'exec', args: ['exec', '--method', 'api', '--', 'true'], requests: 2, trips: 3 },
  { what: 'update', args: ['deploy', '--yes'], memory: 2, requests: 11 },
  // The machine must be gone before its volume, and the volume before the app: nothing of that can go out together.
  { what: 'destroy', args: ['destroy', '--yes'], memory: 2, requests: 10, trips: 7, mostTrips: 10 },
];

export async function measureWire() {
  const near = await walk({ roundTripMs: 0, bootMs: 0 });
  const far = await walk({ roundTripMs: ROUND_TRIP_MS, bootMs: BOOT_MS });
  return [
    ...near.map(({ what, requests, asked }) =>
      row(`${what}: API requests of the command`, `${asked}`, requests, asked),
    ),
    ...far.filter(({ trips }) => trips !== undefined).map(farRow),
    ...flyctlRows(),
  ];
}

/** From the first connection to the last answer: how long a process takes to start is measured elsewhere. */
function farRow({ what, trips, boots = false, mostTrips, busyMs, connections }) {
  if (mostTrips !== undefined) {
    const walked = busyMs / ROUND_TRIP_MS;
    return {
      what: `${what}, ${ROUND_TRIP_MS} ms away: round trips, the least is ${trips}`,
      measured: `${walked.toFixed(1)} (${busyMs} ms on ${connections} connections)`,
      target: `≤ ${mostTrips}`,
      ok: walked <= mostTrips,
    };
  }
  const ratio = busyMs / (trips * ROUND_TRIP_MS + (boots ? BOOT_MS : 0));
  return {
    what: `${what}, ${ROUND_TRIP_MS} ms away${boots ? `, ${BOOT_MS / 1000} s boot` : ''}: relative to the critical path`,
    measured: `${ratio.toFixed(2)}× (${busyMs} ms on ${connections} connections)`,
    target: '≤ 1.15×',
    ok: ratio <= 1.15,
  };
}

async function walk({ roundTripMs, bootMs }) {
  const { startFlyEmulator } = require('@sindri/fly-emulator');
  const home = mkdtempSync(path.join(tmpdir(), 'sindri-bench-'));
  const emulator = await startFlyEmulator({ latency: { createMs: bootMs } });
  const rows = [];
  try {
    for (const command of commands) {
      writeFileSync(path.join(home, 'sindri.yaml'), config(command.memory ?? 4));
      const relay = await startDelayRelay(new URL(emulator.url), roundTripMs);
      const { PATH, SystemRoot } = process.env;
      const away = Object.entries(emulator.env).map(([name, value]) => [
        name,
        value === emulator.url && roundTripMs > 0 ? relay.url : value,
      ]);
      emulator.requests.clear();
      await run(
        command.args,
        { PATH, SystemRoot, HOME: home, SINDRI_STATE_DIR: home, ...Object.fromEntries(away) },
        home,
      );
      const asked = emulator.requests.list().filter((request) => !request.path.endsWith('/wait')).length;
      rows.push({ ...command, asked, busyMs: relay.busyMs(), connections: relay.connections() });
      relay.stop();
    }
  } finally {
    await emulator.stop();
    rmSync(home, { recursive: true, force: true });
  }
  return rows;
}

/** Not `spawnSync`: emulator and relay live in this process. */
async function run(args, env, cwd) {
  const child = spawn(process.execPath, [cli, ...args], { env, cwd, stdio: ['ignore', 'ignore', 'pipe'] });
  let stderr = '';
  child.stderr.on('data', (text) => (stderr += text));
  const code = await new Promise((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error(`sindri ${args.join(' ')} ended with ${code}: ${stderr}`);
}

/** Beside us, where there is one: how long flyctl takes to say its version. */
function flyctlRows() {
  const start = performance.now();
  const { status, stdout } = spawnSync('flyctl', ['version'], { encoding: 'utf8' });
  if (status !== 0) return [];
  const ms = Math.round(performance.now() - start);
  return [{ what: 'flyctl version, beside us', measured: `${ms} ms (${stdout.trim()})`, target: null, ok: null }];
}

function row(what, measured, most, asked) {
  return { what, measured, target: `≤ ${most}`, ok: asked <= most };
}

function config(memoryGb) {
  return `version: '1.0'
name: my-sindri-fly
deployment:
  provider: fly
  resources: { memory: ${memoryGb}GB, cpus: 2 }
  volumes: { workspace: { size: 30GB } }
extensions: { profile: fullstack }
providers:
  fly: { region: sjc, autoStopMachines: true, autoStartMachines: true }
`;
}
