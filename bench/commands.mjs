// Whole commands of the product as people install it, each in turn with an empty Node, so that a noisy machine cancels out.
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { root } from '../scripts/setup.mjs';
import { product } from '../scripts/product/make.mjs';
import { measureFirstPrompt } from './first-prompt.mjs';
import { median } from './median.mjs';

const cli = path.join(product, 'bin/run.js');
const probe = path.join(root, 'bench/report-usage.cjs');
const rounds = 9;

/** Arguments, at most how many times as long as an empty Node, and at most how much memory. */
const commands = [
  { args: ['--version'], ratio: 1.1 },
  { args: ['config', 'validate'], ratio: 2.0 },
  { args: ['status', '--local'], ratio: 2.7, megabytes: 75 },
  { args: ['plan', '--local'], ratio: 2.7 },
  { args: ['deploy', '--local', '--yes'], title: 'deploy --local, nothing to do', ratio: 2.7 },
  { args: ['exec', '--local', '--', 'true'], ratio: 3.2 },
];

/** Two rows for each command: its time, and its peak memory as the operating system accounts it. */
export async function measureCommands() {
  const base = mkdtempSync(path.join(tmpdir(), 'sindri-bench-'));
  const { PATH, SystemRoot } = process.env;
  const place = {
    cwd: path.join(base, 'project'),
    env: { PATH, SystemRoot, HOME: base, SINDRI_STATE_DIR: path.join(base, 'state') },
  };
  mkdirSync(place.cwd);
  copyFileSync(path.join(root, 'examples/fly/quickstart.sindri.yaml'), path.join(place.cwd, 'sindri.yaml'));
  try {
    run([cli, 'deploy', '--local', '--yes'], place);
    const rows = commands.flatMap((command) => rowsOf(command, measure([cli, ...command.args], place)));
    return [...rows, partsRead(base), await measureFirstPrompt([cli, 'connect', '--local'], place)];
  } finally {
    run([cli, 'emulator', 'stop'], place);
    rmSync(base, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Of its parts a command keeps the compiled code. */
function partsRead(home) {
  const read = readdirSync(path.join(home, '.cache/sindri/code')).filter((name) =>
    /-seldom-(config-validate|status|plan)-\d\.bin$/.test(name),
  );
  return {
    what: 'of these, commands that also read the part seldom.js (scripts/product/record-seldom.mjs)',
    measured: `${read.length}`,
    target: '0',
    ok: read.length === 0,
  };
}

function measure(args, place) {
  const pairs = [];
  for (let round = 0; round <= rounds; round += 1) {
    const bare = run(['-e', '0'], place);
    const ours = run(args, place);
    // The first pair warms the file cache, and the code that is kept between runs.
    if (round > 0) pairs.push({ bare, ours });
  }
  return {
    ratio: median(pairs.map(({ bare, ours }) => ours.ms / bare.ms)),
    cpuRatio: median(pairs.map(({ bare, ours }) => ours.cpuMs / bare.cpuMs)),
    ms: median(pairs.map(({ ours }) => ours.ms)),
    bareMs: median(pairs.map(({ bare }) => bare.ms)),
    megabytes: median(pairs.map(({ ours }) => ours.kilobytes)) / 1024,
  };
}

function run(args, { cwd, env }) {
  const start = performance.now();
  const result = spawnSync(process.execPath, ['--require', probe, ...args], {
    cwd,
    env,
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  });
  const ms = performance.now() - start;
  if (result.status !== 0) throw new Error(`node ${args.join(' ')} ended with ${result.status}: ${result.stderr}`);
  return { ms, ...JSON.parse(result.output[3].toString()) };
}

function rowsOf({ args, title = args.join(' '), ratio, megabytes }, measured) {
  const { ms, bareMs, cpuRatio } = measured;
  return [
    {
      what: `sindri ${title}, against bare node`,
      measured: `${measured.ratio.toFixed(2)}× (${Math.round(ms)} against ${Math.round(bareMs)} ms; CPU ${cpuRatio.toFixed(2)}×)`,
      target: `≤ ${ratio.toFixed(1)}×`,
      ok: measured.ratio <= ratio,
    },
    {
      what: `sindri ${title}: peak memory`,
      measured: `${Math.round(measured.megabytes)} MB`,
      target: megabytes === undefined ? null : `≤ ${megabytes} MB`,
      ok: megabytes === undefined ? null : measured.megabytes <= megabytes,
    },
  ];
}
