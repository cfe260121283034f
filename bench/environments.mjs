// A plan for each of many deployed environments in one process, as a service or a team's nightly check makes them.
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { median } from './median.mjs';

const require = createRequire(import.meta.url);
const count = 200;
const atOnce = 8;

export async function measureEnvironments() {
  const { openEnvironment } = require('@sindri/core');
  const { createFlyProvider } = require('@sindri/provider-fly');
  const { startFlyEmulator } = require('@sindri/fly-emulator');
  const stateDir = mkdtempSync(path.join(tmpdir(), 'sindri-bench-'));
  const emulator = await startFlyEmulator();
  const options = { providers: [createFlyProvider()], env: { ...emulator.env, HOME: stateDir }, stateDir };
  const open = (index) => openEnvironment({ ...options, config: { text: config(index), cwd: stateDir } });
  try {
    await forAll(async (index) => {
      const environment = await open(index);
      await environment.apply(await environment.plan());
    });
    emulator.requests.clear();
    const times = [];
    const start = performance.now();
    await forAll(async (index) => {
      const began = performance.now();
      const { changes } = await (await open(index)).plan();
      if (changes.length > 0) throw new Error(`env-${index} is planned to change`);
      times.push(performance.now() - began);
    });
    const seconds = ((performance.now() - start) / 1000).toFixed(2);
    return [
      row(
        `plans of ${count} environments, ${atOnce} at a time`,
        `${seconds} s, ${Math.round(median(times))} ms each, ${emulator.requests.list().length / count} requests each`,
      ),
    ];
  } finally {
    await emulator.stop();
    rmSync(stateDir, { recursive: true, force: true });
  }
}

async function forAll(work) {
  let next = 0;
  const worker = async () => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

const row = (what, measured) => ({ what, measured, target: null, ok: null });

const config = (index) => `version: '1.0'
name: env-${index}
deployment:
  provider: fly
  resources: { memory: 2GB, cpus: 1 }
providers:
  fly: { region: sjc }
`;
