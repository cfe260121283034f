import { execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { root } from './sindri';

const megabyte = 1024 * 1024;

/** What the tarball may cost once it is installed. */
const goal = { bytes: 25 * megabyte, packages: 80 };

interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/**
 * The tarball of `npm run pack` in an empty prefix, used by somebody with an empty home. npm may ask its registry for the one
 * dependency; nothing else of this repository is within reach.
 */
describe('the command line as people install it', () => {
  let base: string;
  let prefix: string;
  let project: string;
  let env: NodeJS.ProcessEnv;

  beforeAll(() => {
    base = mkdtempSync(path.join(tmpdir(), 'sindri-product-'));
    prefix = path.join(base, 'prefix');
    project = path.join(base, 'project');
    for (const directory of [project, path.join(base, 'home'), path.join(base, 'tarballs')]) mkdirSync(directory);
    const tarball = pack(path.join(root, 'build/sindri'));
    execFileSync(
      'npm',
      [
        'install',
        '--global',
        '--prefix',
        prefix,
        '--prefer-offline',
        '--no-audit',
        '--no-fund',
        '--loglevel=error',
        tarball,
      ],
      { cwd: base, stdio: 'inherit' },
    );
    env = {
      PATH: [path.join(prefix, 'bin'), process.env['PATH']].join(path.delimiter),
      HOME: path.join(base, 'home'),
      NO_COLOR: '1',
      // The plugin needs nothing that is elsewhere, so that no registry is asked; one that does not answer makes sure.
      npm_config_offline: 'true',
      npm_config_registry: 'http://127.0.0.1:9/',
    };
  }, 120_000);

  afterAll(async () => {
    await sindri(['emulator', 'stop']);
    rmSync(base, { recursive: true, force: true, maxRetries: 5 });
  }, 30_000);

  function pack(folder: string): string {
    const told = execFileSync('npm', ['pack', '--silent', '--pack-destination', path.join(base, 'tarballs')], {
      cwd: folder,
      encoding: 'utf8',
    });
    return path.join(base, 'tarballs', told.trim());
  }

  function sindri(args: string[], command = 'sindri'): Promise<Ended> {
    const child = spawn(command, args, { cwd: project, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk));
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
    return new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code) => resolve({ code, stdout, stderr }));
    });
  }

  async function succeeds(args: string[]): Promise<string> {
    const { code, stdout, stderr } = await sindri(args);
    expect([args, code, code === 0 ? '' : stderr]).toEqual([args, 0, '']);
    return stdout;
  }

  it('is small, and says under which licences it comes', () => {
    const installed = readdirSync(prefix, { recursive: true, encoding: 'utf8' }).map((name) => path.join(prefix, name));
    const bytes = installed
      .map((file) => lstatSync(file))
      .reduce((sum, stats) => sum + (stats.isFile() ? stats.size : 0), 0);
    const packages = installed.filter((file) =>
      /node_modules[\\/](@[^\\/]+[\\/])?[^\\/@]+[\\/]package\.json$/.test(file),
    );
    expect(bytes).toBeLessThan(goal.bytes);
    expect(packages.length).toBeLessThan(goal.packages);
    const own = path.join(prefix, 'lib/node_modules/@sindri/cli');
    expect(
      ['LICENSE', 'README.md', 'THIRD-PARTY-LICENSES.md'].filter((name) => !existsSync(path.join(own, name))),
    ).toEqual([]);
    expect(installed.filter((file) => file.endsWith('.map'))).toEqual([]);
    // It is read as Latin-1: another character would be two or three there, as in a regular expression for "✓".
    const parts = readdirSync(path.join(own, 'lib')).filter((name) => /\.js(on)?$/.test(name));
    expect(parts).toContain('sindri.js');
    expect(parts.filter((name) => readFileSync(path.join(own, 'lib', name)).some((byte) => byte > 127))).toEqual([]);
  });

  it('takes an environment through its life on the local emulator', async () => {
    expect(await succeeds(['--version'])).toMatch(/^@sindri\/cli\/\d/);
    expect(await succeeds(['exec', '--help'])).toMatch(/FLAGS[\s\S]*--instance[\s\S]*EXAMPLES/);
    expect(await succeeds(['config', 'init', '--name', 'from-a-tarball'])).toContain('sindri deploy');
    expect(await succeeds(['deploy', '--local', '--yes'])).toContain('sindri connect --local');
    expect(await succeeds(['exec', '--local', '--', 'echo hello'])).toBe('hello\n');
    expect(await succeeds(['status', '--local'])).toContain('running');
    expect((await sindri(['exec', '--local', '--', 'exit 7'])).code).toBe(7);
    expect(await succeeds(['destroy', '--local', '--yes'])).toContain('is gone');
  }, 60_000);

  it('installs a provider of somebody else with the npm of this computer, and it deploys', async () => {
    await succeeds(['plugins', 'install', `file:${pack(path.join(root, 'examples/custom-provider'))}`]);
    expect(await succeeds(['provider', 'list'])).toContain('sindri-provider-directory');
    expect(await succeeds(['provider', 'verify', 'directory', '--case', 'plan:*'])).toContain(' 0 failed');
    writeFileSync(
      path.join(project, 'sindri.yaml'),
      'version: "3.0"\nname: at-home\ndeployment:\n  provider: directory\n',
    );
    await succeeds(['deploy', '--yes']);
    expect(await succeeds(['exec', '--', 'echo hello'])).toBe('hello\n');
    await succeeds(['destroy', '--yes']);
    await succeeds(['plugins', 'uninstall', 'sindri-provider-directory']);
    expect(await succeeds(['provider', 'list'])).not.toContain('directory');
  }, 60_000);

  it('reads of itself only what a short command needs', () => {
    const read = readdirSync(path.join(base, 'home/.cache/sindri/code')).flatMap(
      (name) => /-(\w+)-status-\d\.bin$/.exec(name)?.[1] ?? [],
    );
    // Else see scripts/product/record-seldom.mjs.
    expect(read).toEqual(['sindri']);
  });

  it('keeps compiled code for its user alone, and does without a directory that others may write', async () => {
    const directory = path.join(base, 'home/.cache/sindri/code');
    expect(readdirSync(directory).some((name) => /-sindri-deploy-\d\.bin$/.test(name))).toBe(true);
    expect(statSync(directory).mode & 0o077).toBe(0);
    rmSync(directory, { recursive: true });
    mkdirSync(directory, { mode: 0o777 });
    execFileSync('chmod', ['777', directory]);
    await succeeds(['config', 'schema']);
    expect(readdirSync(directory)).toEqual([]);
  });

  it('keeps what later runs of a command need, not only what its first run needed', async () => {
    const directory = path.join(base, 'home/.cache/sindri/code');
    const kept = () => {
      const [name, ...more] = readdirSync(directory).filter((file) => file.includes('-sindri-config-validate-'));
      return {
        runs: /-(\d)\.bin$/.exec(name ?? '')?.[1],
        files: [name, ...more].length,
        bytes: statSync(path.join(directory, name ?? '')).size,
      };
    };
    rmSync(directory, { recursive: true });
    const config = path.join(project, 'valid.yaml');
    await sindri(['config', 'validate', '-c', config]);
    const failed = kept();
    expect(failed).toMatchObject({ runs: '0', files: 1 });
    writeFileSync(config, 'version: "3.0"\nname: valid\ndeployment:\n  provider: fly\n');
    const stages = [];
    for (let run = 1; run <= 3; run += 1) {
      await succeeds(['config', 'validate', '-c', config]);
      stages.push(kept());
    }
    expect(stages.map(({ runs, files }) => [runs, files])).toEqual([
      ['1', 1],
      ['2', 1],
      ['2', 1],
    ]);
    expect(stages[0]?.bytes).toBeGreaterThan(failed.bytes);
    await sindri(['config', 'validate', '--help']);
    expect(readdirSync(directory).filter((file) => file.includes('-sindri-config-'))).toHaveLength(1);
  }, 60_000);

  (existsSync('/dev/full') ? it : it.skip)('says in one line that its answer is lost on a full disk', () => {
    for (const args of [['help'], ['config', 'schema']]) {
      const full = openSync('/dev/full', 'w');
      const { status, stderr } = spawnSync('sindri', args, {
        cwd: project,
        env,
        stdio: ['ignore', full, 'pipe'],
        encoding: 'utf8',
      });
      closeSync(full);
      expect([args, status, stderr]).toEqual([args, 5, expect.stringMatching(/^Error: stdout cannot be written.*\n$/)]);
    }
  });

  it('is called as it was typed', async () => {
    const typed = path.join(prefix, 'bin/sindri');
    env = { ...env, PATH: process.env['PATH'] };
    expect((await sindri(['deploi'], typed)).stderr).toContain(`Did you mean: ${typed} deploy`);
    const clone = path.join(root, 'sindri');
    expect((await sindri(['deploi'], clone)).stderr).toContain(`Did you mean: ${clone} deploy`);
  }, 60_000);
});
