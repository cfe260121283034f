// Everything a fresh clone needs before it can do anything: dependencies and a build. Safe to call every time.
import { createHash } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

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
export function install() {
  const wanted = createHash('sha256')
    .update(readFileSync(path.join(root, 'package-lock.json')))
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  console.error('Installing dependencies (about a minute, once) …');
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
  writeFileSync(stamp, wanted);
}

/** Compiles all packages. Takes a moment when nothing changed. */
export function build() {
  const tsc = path.join(root, 'node_modules/typescript/bin/tsc');
  console.error('Building …');
  run(process.execPath, [tsc, '--build', path.join(root, 'tsconfig.json')]);
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
