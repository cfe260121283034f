// API requests and wall time of the three operations that people run most, on a simulated emulator over a socket.
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { median } from './median.mjs';
import { root } from '../scripts/setup.mjs';

const require = createRequire(import.meta.url);
const rounds = 5;

export async function measureRequests() {
  const { openEnvironment } = require('@sindri/core');
  const { createFlyProvider } = require('@sindri/provider-fly');
  const { startFlyEmulator } = require('@sindri/fly-emulator');

  const samples = { first: [], again: [], status: [] };
  for (let round = 0; round < rounds; round += 1) {
    const stateDir = mkdtempSync(path.join(tmpdir(), 'sindri-bench-'));
    const emulator = await startFlyEmulator();
    try {
      const environment = await openEnvironment({
        config: path.join(root, 'examples/fly/quickstart.sindri.yaml'),
        providers: [createFlyProvider()],
        env: { ...emulator.env, HOME: stateDir },
        stateDir,
      });
      const deploy = async () => environment.apply(await environment.plan());
      samples.first.push(await sample(emulator, deploy));
      samples.again.push(await sample(emulator, deploy));
      samples.status.push(await sample(emulator, () => environment.status()));
    } finally {
      await emulator.stop();
      rmSync(stateDir, { recursive: true, force: true });
    }
  }
  const of = (name, figure) => median(samples[name].map((one) => one[figure]));
  return [
    row('first deploy: API requests, waits excluded', of('first', 'requests'), '≤ 12', (n) => n <= 12),
    row('first deploy: of which waits', of('first', 'waits'), null),
    row('first deploy: wall time', `${of('first', 'ms')} ms`, null),
    row('deploy again: writes', of('again', 'writes'), '0', (n) => n === 0),
    row('deploy again: reads', of('again', 'reads'), '≤ 5', (n) => n <= 5),
    row('deploy again: wall time', `${of('again', 'ms')} ms`, null),
    row('status: requests', of('status', 'requests'), '≤ 3', (n) => n <= 3),
    row('status: wall time', `${of('status', 'ms')} ms`, null),
  ];
}

async function sample(emulator, operation) {
  emulator.requests.clear();
  const start = performance.now();
  await operation();
  const ms = Math.round(performance.now() - start);
  const all = emulator.requests.list();
  const waits = all.filter((request) => request.path.endsWith('/wait'));
  const writes = all.filter((request) => request.method !== 'GET');
  return {
    ms,
    requests: all.length - waits.length,
    waits: waits.length,
    writes: writes.length,
    reads: all.length - writes.length,
  };
}

function row(what, measured, target, judge) {
  return { what, measured: String(measured), target, ok: judge === undefined ? null : judge(measured) };
}
