// `npm run pack`: one tarball for `npm install -g`.
import { spawnSync } from 'node:child_process';
import { mkdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { root } from '../setup.mjs';
import './build.mjs';
import { product } from './make.mjs';

const target = path.join(root, 'build');
mkdirSync(target, { recursive: true });
const packed = spawnSync('npm', ['pack', '--silent', '--pack-destination', target], {
  cwd: product,
  encoding: 'utf8',
  stdio: ['ignore', 'pipe', 'inherit'],
  shell: process.platform === 'win32',
});
if (packed.status !== 0) process.exit(packed.status ?? 1);
const tarball = path.join(target, packed.stdout.trim().split('\n').at(-1));
const megabytes = (statSync(tarball).size / 1024 / 1024).toFixed(1);
// With a dot in front: npm takes `build/x.tgz` for the repository "x.tgz" of a GitHub user called "build".
const shown = `.${path.sep}${path.relative(process.cwd(), tarball)}`;
console.error(`${shown} (${megabytes} MB). Install it: npm install -g ${shown}`);
console.log(tarball);
