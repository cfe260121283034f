// `npm start`: sets everything up and shows the main job of Sindri from beginning to end on the local emulator.
// `npm start -- --keep` stops after the command over SSH and leaves the environment running.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build, install, requireNode, root } from './setup.mjs';

const config = 'examples/fly/quickstart.sindri.yaml';
const cli = path.join(root, 'packages/cli/bin/run.js');

const options = process.argv.slice(2);
const unknown = options.find((option) => option !== '--keep');
if (unknown !== undefined) {
  console.error(`Unknown option ${unknown}. Usage: npm start [-- --keep]`);
  process.exit(2);
}
const keep = options.includes('--keep');

requireNode();
await install();
await build();

// A run that cleans up after itself must not meet environments that somebody keeps: it has a local emulator of its own.
const ownState = keep ? null : mkdtempSync(path.join(tmpdir(), 'sindri-start-'));
const env = { ...process.env, ...(ownState === null ? {} : { SINDRI_STATE_DIR: ownState }) };

let current = null;
let interrupted = false;
process.on('SIGINT', () => {
  // The child gets the terminal's Ctrl-C itself; this process stays to clean up.
  interrupted = true;
});
process.on('SIGTERM', () => {
  interrupted = true;
  current?.kill('SIGTERM');
});

/** Runs one sindri command, shown as a person would type it. */
async function sindri(args, { show = true, quiet = false } = {}) {
  if (show) console.error(`\n$ ./sindri ${args.map(quote).join(' ')}`);
  const child = spawn(process.execPath, [cli, ...args], {
    cwd: root,
    env,
    stdio: ['inherit', quiet ? 'pipe' : 'inherit', quiet ? 'ignore' : 'inherit'],
  });
  current = child;
  let stdout = '';
  child.stdout?.on('data', (chunk) => (stdout += chunk));
  const code = await new Promise((resolve) => child.on('close', (status, signal) => resolve(signal ? 130 : status)));
  current = null;
  return { code, stdout };
}

async function must(args) {
  const { code } = await sindri(args);
  if (interrupted) throw new Stopped(130);
  if (code !== 0) throw new Stopped(code);
}

class Stopped extends Error {
  constructor(code) {
    super(`stopped with exit code ${code}`);
    this.code = code;
  }
}

const on = ['--local', '--config', config];
const steps = [
  ['The local emulator', () => must(['emulator', 'start'])],
  ['What would happen, and what it would cost', () => must(['plan', ...on])],
  ['Make it real', () => must(['deploy', '--yes', ...on])],
  ['Look at it', () => must(['status', ...on])],
  [
    'A command over SSH',
    () => must(['exec', ...on, '--', 'echo "hello from $USER on $FLY_APP_NAME, at home in $HOME"']),
  ],
  ...(keep
    ? []
    : [
        ['Sleep', () => must(['stop', ...on])],
        ['Wake', () => must(['start', ...on])],
        ['Take it away', () => must(['destroy', '--yes', ...on])],
        ['Is anything left?', verifyNothingLeft],
      ]),
];

async function verifyNothingLeft() {
  const { code, stdout } = await sindri(['status', '--json', ...on], { quiet: true });
  const state = code === 0 ? JSON.parse(stdout).state : `unknown (exit code ${code})`;
  if (state !== 'absent') {
    console.error(`Expected nothing, found: ${state}`);
    throw new Stopped(1);
  }
  console.error('Nothing: no app, no machine, no volume, no address.');
}

let status = 0;
try {
  for (const [index, [title, step]] of steps.entries()) {
    console.error(`\n── ${index + 1}/${steps.length}  ${title}`);
    await step();
  }
  console.error(keep ? KEPT() : DONE());
} catch (error) {
  if (!(error instanceof Stopped)) throw error;
  status = error.code;
  console.error(interrupted ? '\nInterrupted; cleaning up.' : '\nThat step failed; its message is above.');
} finally {
  if (ownState !== null) {
    if (existsSync(ownState)) await sindri(['emulator', 'stop'], { show: false, quiet: true });
    rmSync(ownState, { recursive: true, force: true, maxRetries: 3 });
  }
}
process.exit(status);

function quote(word) {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

function DONE() {
  return `
That was the whole way, on this computer. Three commands to try next:

  ./sindri deploy --local -c ${config}     make it again, and keep it
  ./sindri connect --local -c ${config}    a shell on it
  ./sindri destroy --local -c ${config}    take it away
`;
}

function KEPT() {
  return `
The environment keeps running. Three commands to try next:

  ./sindri connect --local -c ${config}    a shell on it
  ./sindri stop --local -c ${config}       let it sleep
  ./sindri destroy --local -c ${config}    take it away
`;
}
