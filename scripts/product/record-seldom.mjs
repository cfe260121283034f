// Writes seldom.json: the modules of the command line that none of the short commands loads, as those commands tell of themselves. Run it when
// `npm run bench` says that one of them loads the part `seldom`, or when much has moved: node scripts/product/record-seldom.mjs
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { root } from '../setup.mjs';
import { makeProduct } from './make.mjs';
import { record } from './seldom.mjs';

const require = createRequire(import.meta.url);

/** Those that people type all day, and wait for. */
const commands = [
  ['config', 'validate'],
  ['status', '--local'],
  ['plan', '--local'],
  ['deploy', '--local', '--yes'],
  ['exec', '--local', '--', 'true'],
  ['exec', '--local', '--method', 'hallpass', '--', 'true'],
];

const base = mkdtempSync(path.join(tmpdir(), 'sindri-record-'));
const cli = path.join(base, 'product/bin/run.js');
const heard = path.join(base, 'heard');
const place = {
  cwd: path.join(base, 'project'),
  env: { PATH: process.env.PATH, HOME: base, SINDRI_STATE_DIR: path.join(base, 'state'), SINDRI_CODE_CACHE: '0' },
};
try {
  let all = [];
  await makeProduct({
    into: path.join(base, 'product'),
    seldom: () => false,
    wrap(text, files, name) {
      if (name !== 'sindri') return text;
      all = files.flatMap(recordedName);
      return tellingLoads(text);
    },
  });
  mkdirSync(place.cwd);
  copyFileSync(path.join(root, 'examples/fly/quickstart.sindri.yaml'), path.join(place.cwd, 'sindri.yaml'));
  run(['deploy', '--local', '--yes']);
  place.env.SINDRI_HEARD = heard;
  commands.forEach(run);
  await connect();
  const loaded = new Set(readFileSync(heard, 'utf8').trimEnd().split('\n').flatMap(recordedName));
  writeFileSync(record, `${JSON.stringify(folded(all, loaded), null, 2)}\n`);
} finally {
  run(['emulator', 'stop']);
  rmSync(base, { recursive: true, force: true, maxRetries: 5 });
}

/** Of what the build makes up only the validators are large. */
function recordedName(name) {
  if (name.startsWith('precompiled:precompiled:')) return name.slice('precompiled:'.length);
  return /^[\w-]+:|^<|^sindri\.js$/.test(name) ? [] : name;
}

function tellingLoads(text) {
  const invoked = 'cb[__getOwnPropNames(cb)[0]]';
  if (text.split(invoked).length !== 2) throw new Error('The bundler does not write __commonJS as it did.');
  const tell = `process.env.SINDRI_HEARD&&require("fs").appendFileSync(process.env.SINDRI_HEARD,__getOwnPropNames(cb)[0]+"\\n")`;
  return text.replace(invoked, `(${tell},${invoked})`);
}

function run(args) {
  const { status, stderr } = spawnSync(process.execPath, [cli, ...args], { ...place, encoding: 'utf8' });
  if (status !== 0) throw new Error(`sindri ${args.join(' ')} ended with ${status}: ${stderr}`);
}

/** To the prompt and out again, in a terminal. */
async function connect() {
  const { spawn } = require('@lydell/node-pty');
  const pty = spawn(process.execPath, [cli, 'connect', '--local'], { cols: 80, rows: 24, ...place });
  pty.onData((text) => {
    if (/[$#>] /.test(text)) pty.write('exit\r');
  });
  await new Promise((resolve) => pty.onExit(resolve));
}

/** The files of `all` that are not in `loaded`, folders of which none is as one. */
function folded(all, loaded) {
  const used = new Set([...loaded].flatMap(foldersOf));
  const whole = (file) => foldersOf(file).find((folder) => !used.has(folder)) ?? file;
  return [...new Set(all.filter((file) => !loaded.has(file)).map(whole))].sort();
}

/** The outermost first. */
function foldersOf(file) {
  return [...file.matchAll(/\//g)].map(({ index }) => file.slice(0, index + 1));
}
