// Everything a fresh clone needs before it can do anything: dependencies and a build. Safe to call every time.
import { createHash } from 'node:crypto';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { createBuildProgress } from './build-progress.cjs';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

const minimumNode = [20, 19];
const stamp = path.join(root, 'node_modules', '.sindri-setup');

/** Stops with one clear line when this Node is too old to run Sindri. */
export function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > minimumNode[0] || (major === minimumNode[0] && minor >= minimumNode[1])) return;
  console.error(`Sindri needs Node ${minimumNode.join('.')} or newer; this is ${process.versions.node}.`);
  process.exit(2);
}

/** Installs what package-lock.json says, unless exactly that is installed already. */
export async function install() {
  const wanted = createHash('sha256')
    .update(readFileSync(path.join(root, 'package-lock.json')))
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  await runWith('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], (progress) =>
    progress.begin('Installing dependencies (about a minute, once) …'),
  );
  writeFileSync(stamp, wanted);
}

/** Compiles all packages, and says which one is being built. Takes a moment when nothing changed. */
export async function build() {
  const tsc = path.join(root, 'node_modules/typescript/bin/tsc');
  const config = path.join(root, 'tsconfig.json');
  const { references } = JSON.parse(readFileSync(config, 'utf8'));
  const pretty = process.stderr.isTTY === true ? ['--pretty'] : [];
  await runWith(
    process.execPath,
    [tsc, '--build', '--verbose', ...pretty, config],
    (progress) => progress.begin('Looking for what has changed …'),
    references.length,
  );
}

/** Says what is waited for while `work` runs. */
export async function telling(text, work) {
  const progress = createBuildProgress({ stream: process.stderr });
  progress.begin(text);
  try {
    return await work();
  } finally {
    progress.end();
  }
}

/** Runs a program whose output is told line by line, and stops this process with its exit code when it fails. */
async function runWith(command, args, begin, total) {
  const progress = createBuildProgress({ stream: process.stderr, total });
  begin(progress);
  const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], shell: needsShell(command) });
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => progress.line(line));
  }
  const { status, problem } = await new Promise((resolve) => {
    child.on('error', ({ message }) => resolve({ status: null, problem: message }));
    child.on('close', (status) => resolve({ status }));
  });
  progress.end();
  if (problem !== undefined) console.error(`Could not run ${command}: ${problem}`);
  if (status !== 0) process.exit(status ?? 1);
}

/** Runs a program in the repository's root and stops this process with its exit code when it fails. */
export function run(command, args, options = {}) {
  const result = spawnSync(command, args, { cwd: root, stdio: 'inherit', shell: needsShell(command), ...options });
  if (result.error) {
    console.error(`Could not run ${command}: ${result.error.message}`);
    process.exit(1);
  }
  if (result.status !== 0) process.exit(result.status ?? 1);
}

/** npm is a batch file on Windows, which only a shell can start. */
function needsShell(command) {
  return process.platform === 'win32' && command === 'npm';
}
