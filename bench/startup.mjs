// Start-up of whole processes as a ratio to bare node: pairs run in turn, so that a noisy machine cancels out.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { median } from './median.mjs';
import { withLocalEnvironment } from './local-environment.mjs';
import { root } from '../scripts/setup.mjs';

const cli = path.join(root, 'packages/cli/bin/run.js');
const rounds = 9;

export async function measureStartup() {
  return withLocalEnvironment((env, config) => {
    const version = ratio([cli, '--version'], env);
    const status = ratio([cli, 'status', '--json', '--config', config], env);
    return [
      row('sindri --version, relative to bare node', version, '≤ 2×', version.ratio <= 2),
      row('sindri status, relative to bare node', status, null, null),
    ];
  });
}

function ratio(args, env) {
  const ratios = [];
  const times = [];
  for (let round = 0; round <= rounds; round += 1) {
    const bare = time(['-e', '0'], env);
    const ours = time(args, env);
    // The first pair warms the file cache.
    if (round === 0) continue;
    ratios.push(ours / bare);
    times.push(ours);
  }
  return { ratio: median(ratios), ms: median(times) };
}

function time(args, env) {
  const start = performance.now();
  const result = spawnSync(process.execPath, args, { env, stdio: ['ignore', 'ignore', 'pipe'] });
  if (result.status !== 0) throw new Error(`node ${args.join(' ')} ended with ${result.status}: ${result.stderr}`);
  return performance.now() - start;
}

function row(what, { ratio: value, ms }, target, ok) {
  return { what, measured: `${value.toFixed(2)}× (${Math.round(ms)} ms)`, target, ok };
}
