// The tunnel of `@sindri/wireguard` beside a raw socket, and beside wireguard-go with the kernel's TCP where that can be had.
import { spawn, spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { median } from './median.mjs';
import { namespacesMissing, openNamespaces } from './tunnel-namespaces.mjs';
import { root } from '../scripts/setup.mjs';

const megabytes = Number(process.env.SINDRI_BENCH_MB ?? 100);
const rounds = Number(process.env.SINDRI_BENCH_ROUNDS ?? 5);
const FAR = 'fdaa:0:2::3';
const bytes = Math.round((megabytes * 1e6) / 8) * 8;
/** How far away a gateway may be, and what is enough to leave the slow start behind. */
const ROUND_TRIP_MS = 150;
const AWAY_BYTES = Math.min(bytes, 20e6);

export const jobs = [
  { name: 'down, 1 stream', job: 'down', streams: 1, unit: 'Mbit/s' },
  { name: 'down, 8 streams', job: 'down', streams: 8, unit: 'Mbit/s' },
  { name: 'up, 1 stream', job: 'up', streams: 1, unit: 'Mbit/s' },
  { name: 'up, 8 streams', job: 'up', streams: 8, unit: 'Mbit/s' },
  { name: '200 short connections, median', job: 'short', streams: 1, unit: 'ms' },
];

/** Rows as `run.mjs` prints them. All sides are measured in turn, so that a noisy machine is noisy for all. */
export async function measureTunnel() {
  const { generateKeyPair } = createRequire(import.meta.url)('@sindri/wireguard');
  const keys = { ours: generateKeyPair(), far: generateKeyPair(), near: generateKeyPair() };
  const servers = [];
  const missing = namespacesMissing();
  const namespaces = missing === null ? await openNamespaces(keys) : null;
  try {
    const raw = await startServer(servers, [], ['kernel', '127.0.0.1']);
    const sides = [{ name: 'raw loopback', prefix: [], options: { server: '127.0.0.1', ...raw } }];
    const ourKeys = JSON.stringify({ privateKey: keys.far.privateKey, publicKey: keys.ours.publicKey });
    const { port } = await startServer(servers, [], ['ours', FAR, ourKeys]);
    const tunnel = { privateKey: keys.ours.privateKey, publicKey: keys.far.publicKey };
    sides.push({
      name: 'ours to ours',
      prefix: [],
      options: { server: FAR, tunnel: { ...tunnel, host: '127.0.0.1', port } },
    });
    if (namespaces !== null) {
      await startServer(servers, namespaces.far, ['kernel', FAR]);
      const host = { ...tunnel, host: '10.231.8.2', port: 51820 };
      sides.push({ name: 'ours to wireguard-go', prefix: [], options: { server: FAR, tunnel: host } });
      sides.push({ name: 'wireguard-go to wireguard-go', prefix: namespaces.near, options: { server: FAR } });
    }
    const relay = await startServer(servers, [], [port, ROUND_TRIP_MS], 'datagram-relay.mjs');
    const away = {
      name: `ours to ours, ${ROUND_TRIP_MS} ms away`,
      prefix: [],
      options: { server: FAR, tunnel: { ...tunnel, host: '127.0.0.1', port: relay.port } },
    };
    return [
      ...jobs.flatMap((job) => measureJob(job, sides)),
      ...jobs
        .filter(({ streams, job }) => streams === 1 && job !== 'short')
        .flatMap((job) => measureJob(job, [away], AWAY_BYTES)),
      ...(missing === null ? [] : [skipped(missing)]),
    ];
  } finally {
    for (const server of servers) server.kill('SIGKILL');
    namespaces?.close();
  }
}

export function measureJob({ name, job, streams, unit }, sides, size = bytes) {
  const results = sides.map(() => []);
  for (let round = 0; round < rounds; round += 1) {
    sides.forEach(({ prefix, options }, at) => {
      // One that stands still is not waited for again.
      if (!results[at].includes(null)) results[at].push(runClient(prefix, { job, streams, bytes: size, ...options }));
    });
  }
  return sides.map((side, at) => {
    const what = `tunnel, ${side.name}: ${name}`;
    if (results[at].includes(null)) return { what, measured: 'did not come to an end', target: null, ok: null };
    const value = median(results[at].map((result) => result.value));
    const peak = Math.round(median(results[at].map((result) => result.peakKilobytes)) / 1024);
    const shown = unit === 'ms' ? value.toFixed(2) : value.toFixed(0);
    return {
      what,
      measured: `${shown} ${unit}, peak ${peak} MB`,
      target: null,
      ok: null,
    };
  });
}

function skipped(missing) {
  return {
    what: 'tunnel, wireguard-go with the TCP of the kernel',
    measured: `not measured: ${missing}`,
    target: null,
    ok: null,
  };
}

/** `null` when it takes so long that it stands still. */
function runClient(prefix, options) {
  const [program, ...args] = [
    ...prefix,
    process.execPath,
    path.join(root, 'bench/tunnel-client.mjs'),
    JSON.stringify(options),
  ];
  const result = spawnSync(program, args, { encoding: 'utf8', timeout: 120_000 });
  if (result.error?.code === 'ETIMEDOUT') return null;
  if (result.status !== 0) throw new Error(`${options.job} failed: ${result.stderr}`);
  return JSON.parse(result.stdout);
}

function startServer(servers, prefix, args, file = 'tunnel-server.mjs') {
  const [program, ...rest] = [...prefix, process.execPath, path.join(root, 'bench', file), ...args];
  const server = spawn(program, rest, { stdio: ['ignore', 'pipe', 'inherit'] });
  servers.push(server);
  return new Promise((resolve, reject) => {
    server.stdout.once('data', (data) => resolve(JSON.parse(data.toString())));
    server.once('exit', (code) => reject(new Error(`the server ended with ${code}`)));
  });
}

// `node bench/tunnel.mjs` measures only this.
if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  for (const row of await measureTunnel()) console.log(`${row.what.padEnd(72)} ${row.measured}`);
  process.exit(0);
}
