// Many configs in one process, as a server or a monorepo has them: the schema is compiled once, however many there are.
import { createRequire } from 'node:module';
import path from 'node:path';
import { root } from '../scripts/setup.mjs';

const require = createRequire(import.meta.url);
const counts = [1, 1000, 5000];

export async function measureConfigs() {
  const { loadConfig, createProviderRegistry } = require(path.join(root, 'packages/core'));
  const { createProvider } = require(path.join(root, 'plugins/provider-fly'));
  const rows = [];
  for (const count of counts) {
    const start = performance.now();
    for (let index = 0; index < count; index += 1) {
      // A registry and a provider for each, as callers who know nothing of each other have them.
      await loadConfig(
        { text: config(index), cwd: '/project' },
        { env: {}, providers: createProviderRegistry([createProvider()]) },
      );
    }
    const seconds = (performance.now() - start) / 1000;
    const target = count === 5000 ? '≤ 5 s' : null;
    rows.push({
      what: `${count} ${count === 1 ? 'config' : 'configs'} in one process`,
      measured: `${seconds.toFixed(2)} s`,
      target,
      ok: target === null ? null : seconds <= 5,
    });
  }
  return rows;
}

function config(index) {
  return `version: '1.0'
name: env-${index}
deployment:
  provider: fly
  resources: { memory: 4GB, cpus: 2 }
  volumes: { workspace: { size: 30GB } }
extensions: { profile: fullstack }
providers:
  fly: { region: sjc, autoStopMachines: true, autoStartMachines: true }
`;
}
