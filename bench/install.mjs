// What the tarball costs once npm has installed it into an empty prefix.
import { execFileSync } from 'node:child_process';
import { lstatSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { product } from '../scripts/product/make.mjs';

const goal = { megabytes: 25, packages: 80 };

export function measureInstall() {
  const base = mkdtempSync(path.join(tmpdir(), 'sindri-bench-'));
  const npm = (...args) =>
    execFileSync('npm', args, { cwd: product, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const tarball = path.join(base, npm('pack', '--silent', '--pack-destination', base).trim());
    const prefix = path.join(base, 'prefix');
    npm(
      'install',
      '--global',
      '--prefix',
      prefix,
      '--prefer-offline',
      '--no-audit',
      '--no-fund',
      '--loglevel=error',
      tarball,
    );
    const files = readdirSync(prefix, { recursive: true }).map((name) => path.join(prefix, name));
    const bytes = files
      .map((file) => lstatSync(file))
      .reduce((sum, stats) => sum + (stats.isFile() ? stats.size : 0), 0);
    const packages = files.filter((file) => /node_modules\/(@[^/]+\/)?[^/@]+\/package\.json$/.test(file)).length;
    const megabytes = bytes / 1024 / 1024;
    return [
      {
        what: 'npm install -g of the tarball',
        measured: `${megabytes.toFixed(1)} MB, ${packages} packages`,
        target: `≤ ${goal.megabytes} MB, ${goal.packages} packages`,
        ok: megabytes <= goal.megabytes && packages <= goal.packages,
      },
    ];
  } finally {
    rmSync(base, { recursive: true, force: true });
  }
}
