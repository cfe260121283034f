// What one acknowledged write costs on an emulator that keeps its state on disk, with few and with many machines.
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { median } from './median.mjs';

const require = createRequire(import.meta.url);
const sizes = [100, 500];
const machinesPerApp = 100;
const samples = 200;
const config = {
  image: 'nginx:1.27',
  guest: { cpu_kind: 'shared', cpus: 1, memory_mb: 256 },
  services: [{ protocol: 'tcp', internal_port: 2222, autostart: true, ports: [{ port: 10022 }] }],
};

export async function measureEmulatorState() {
  const { startFlyEmulator } = require('@sindri/fly-emulator');
  const stateDir = mkdtempSync(path.join(tmpdir(), 'sindri-bench-'));
  const emulator = await startFlyEmulator({ stateDir });
  try {
    const call = caller(emulator);
    const rows = [];
    let count = 0;
    for (const size of sizes) {
      for (; count < size; count += 1) {
        const app = `bench-${Math.floor(count / machinesPerApp)}`;
        if (count % machinesPerApp === 0) await newApp(call, app);
        emulator.admin.seedMachine({ app, config });
      }
      const cpu = process.cpuUsage();
      const creates = await timed((index) =>
        call('POST', '/v1/apps/bench-0/machines', { name: `m${size}-${index}`, config }),
      );
      const { user, system } = process.cpuUsage(cpu);
      const machine = (await call('GET', '/v1/apps/bench-0/machines'))[0].id;
      const writes = await timed((index) =>
        call('POST', `/v1/apps/bench-0/machines/${machine}/metadata/key`, { value: `${index}` }),
      );
      count += samples;
      const perSecond = Math.round(1000 / (creates.total / samples));
      const cpuMs = ((user + system) / 1000 / samples).toFixed(1);
      rows.push(
        row(`emulator, ${size} machines on disk: creates`, `${perSecond}/s, ${cpuMs} ms CPU each, client included`),
        row(`emulator, ${size} machines on disk: one acknowledged write`, `${writes.median.toFixed(1)} ms`),
      );
    }
    return rows;
  } finally {
    await emulator.stop();
    rmSync(stateDir, { recursive: true, force: true });
  }
}

function caller(emulator) {
  const headers = { authorization: `Bearer ${emulator.token}` };
  return async (method, route, body) => {
    const response = await fetch(emulator.url + route, { method, headers, body: body && JSON.stringify(body) });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${route}: ${response.status} ${text}`);
    return text === '' ? null : JSON.parse(text);
  };
}

async function newApp(call, name) {
  await call('POST', '/v1/apps', { name, org_slug: 'personal' });
  await call('POST', `/v1/apps/${name}/ip_assignments`, { type: 'v6' });
}

async function timed(write) {
  const times = [];
  for (let index = 0; index < samples; index += 1) {
    const start = performance.now();
    await write(index);
    times.push(performance.now() - start);
  }
  return { median: median(times), total: times.reduce((sum, ms) => sum + ms, 0) };
}

function row(what, measured) {
  return { what, measured, target: null, ok: null };
}
