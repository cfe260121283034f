import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { startFlyEmulator, type FlyEmulator } from '@sindri/fly-emulator';
import { parse } from 'yaml';
import { createWorkplace, root, type Workplace } from './sindri';

const read = (name: string): string => readFileSync(path.join(root, name), 'utf8');
const publicKey = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGm0pSe8GZq2pB7zTrNNnsAIVqUYMwHmBFQAqTDDLcQ2 ci@example';

interface Step {
  uses?: string;
  run?: string;
  env?: Record<string, string>;
  with?: Record<string, string>;
}

describe('in GitHub Actions', () => {
  let emulator: FlyEmulator;
  const runners: Workplace[] = [];
  /** A computer on which nothing was ever run. */
  const freshRunner = (): Workplace => {
    const runner = createWorkplace({
      ...emulator.env,
      CI: 'true',
      GITHUB_ACTIONS: 'true',
      CI_COMMIT_SHA: '0a1b2c3d',
      ENVIRONMENT: 'staging',
      AUTHORIZED_KEYS: publicKey,
    });
    runner.env['GITHUB_WORKSPACE'] = runner.dir;
    runner.env['GITHUB_STEP_SUMMARY'] = path.join(runner.dir, 'summary.md');
    runner.write('sindri.yaml', read('examples/ci/sindri.yaml'));
    runners.push(runner);
    return runner;
  };

  beforeAll(async () => {
    emulator = await startFlyEmulator();
  });
  afterAll(async () => {
    for (const runner of runners) runner.remove();
    await emulator.stop();
  });

  it('an unchanged config from a fresh runner is no change, no key, no restart', async () => {
    const first = freshRunner();
    const made = await first.run(['deploy', '--yes']);
    expect([made.code, made.code === 0 ? '' : made.stderr]).toEqual([0, '']);
    const summary = readFileSync(first.env['GITHUB_STEP_SUMMARY'] as string, 'utf8');
    expect(summary).toMatch(/^### myorg&#45;app&#45;staging on fly: deploy, \d+ changes$/m);
    expect(summary).not.toContain(publicKey.split(' ')[1]);
    const before = JSON.stringify(emulator.inspect().machines);
    emulator.requests.clear();

    const { ended, document } = await freshRunner().json(['deploy', '--yes']);
    expect([ended.code, document.status, document.plan.changes]).toEqual([0, 'unchanged', []]);
    expect(JSON.stringify(emulator.inspect().machines)).toBe(before);
    const writes = emulator.requests.list().filter(({ method }) => method !== 'GET');
    expect(writes).toEqual([]);
  });

  it('a mistake in the config is an annotation at its line, and no text of the config is a command', async () => {
    const runner = freshRunner();
    const hostile = '"x\\n::warning::injected ##[error]injected"';
    runner.write(
      'sindri.yaml',
      read('examples/ci/sindri.yaml')
        .replace('memory: 2GB', 'memmory: 2GB')
        .replace('region: sjc', `region: ${hostile}`),
    );
    for (const args of [['config', 'validate'], ['plan'], ['plan', '--json']]) {
      const { code, stdout, stderr } = await runner.run(args);
      const lines = `${stdout}\n${stderr}`.split('\n');
      const commands = lines.filter(
        (line) => /^\s*::|##\[/.test(line) && !line.startsWith('::error file=sindri.yaml,'),
      );
      expect([args, code, commands]).toEqual([args, 2, []]);
      expect(stderr).toContain(
        '::error file=sindri.yaml,line=8,col=5,title=CONFIG_UNKNOWN_KEY::deployment.resources.memmory',
      );
    }
  });
});

describe('what stands in the repository for CI', () => {
  const workflow = parse(read('examples/ci/github-actions.yml')) as { jobs: Record<string, { steps: Step[] }> };
  const action = parse(read('action.yml')) as {
    runs: { using: string; steps: Step[] };
    inputs: Record<string, object>;
  };
  const steps = [...Object.values(workflow.jobs).flatMap((job) => job.steps), ...action.runs.steps];

  it('no script has anything of somebody else in it, but in variables', () => {
    const scripts = steps.flatMap(({ run }) => (run === undefined ? [] : [run]));
    expect(scripts.length).toBeGreaterThan(3);
    for (const script of scripts) expect(script).not.toContain('${{');
  });

  it('the example gives the action inputs that it has', () => {
    const given = steps.flatMap((step) => (step.uses?.startsWith('pacphi/sindri') ? Object.keys(step.with ?? {}) : []));
    expect(given.length).toBeGreaterThan(0);
    expect(given.filter((name) => action.inputs[name] === undefined)).toEqual([]);
  });

  it('the action installs the package that it was given, a file by its path, else the version of the action', () => {
    const place = createWorkplace();
    try {
      const tool = place.write('npm', '#!/bin/sh\nfor word in "$@"; do echo "<$word>"; done\n');
      chmodSync(tool, 0o755);
      mkdirSync(path.join(place.dir, 'build'));
      place.write('build/a b.tgz', '');
      const script = action.runs.steps.at(-2)?.run ?? '';
      const installed = (given: { package?: string; version?: string }) => {
        const { stdout, stderr, status } = spawnSync('bash', ['-eo', 'pipefail', '-c', script], {
          cwd: place.dir,
          env: {
            HOME: place.dir,
            PATH: `${place.dir}:${path.dirname(process.execPath)}:${process.env.PATH ?? ''}`,
            SINDRI_ACTION_PATH: root,
            SINDRI_ACTION_PACKAGE: given.package ?? '',
            SINDRI_ACTION_VERSION: given.version ?? '',
          },
          encoding: 'utf8',
        });
        expect([status, stderr]).toEqual([0, '']);
        return stdout.trim().split('\n').at(-1);
      };
      // To npm `build/x.tgz` is a repository of a GitHub user.
      expect(installed({ package: 'build/a b.tgz' })).toBe(`<${path.join(realpathSync(place.dir), 'build/a b.tgz')}>`);
      expect(installed({ package: '@other/cli@1.2.3' })).toBe('<@other/cli@1.2.3>');
      expect(installed({ version: '9.9.9' })).toBe('<@sindri/cli@9.9.9>');
      const { version } = JSON.parse(read('lerna.json')) as { version: string };
      expect(installed({})).toBe(`<@sindri/cli@${version}>`);
    } finally {
      place.remove();
    }
  });

  it('the action runs the words that it was given, as they are', () => {
    const place = createWorkplace();
    try {
      const tool = place.write('sindri', '#!/bin/sh\nfor word in "$@"; do echo "<$word>"; done\n');
      chmodSync(tool, 0o755);
      const run = action.runs.steps.at(-1)?.run ?? '';
      const env = {
        PATH: `${place.dir}:${process.env.PATH ?? ''}`,
        SINDRI_ACTION_COMMAND: 'deploy --yes  -c *.yaml\n$(touch x) ;',
      };
      writeFileSync(path.join(place.dir, 'a.yaml'), '');
      const { stdout, status } = spawnSync('bash', ['-eo', 'pipefail', '-c', run], {
        cwd: place.dir,
        env,
        encoding: 'utf8',
      });
      expect([status, stdout]).toEqual([0, '<deploy>\n<--yes>\n<-c>\n<*.yaml>\n<$(touch>\n<x)>\n<;>\n']);
    } finally {
      place.remove();
    }
  });

  it('what the runner sends to the step when a job is cancelled reaches sindri, and not a shell that waits for it', () => {
    const place = createWorkplace();
    try {
      chmodSync(place.write('sindri', '#!/bin/sh\necho $$\n'), 0o755);
      const script = place.write('step.sh', action.runs.steps.at(-1)?.run ?? '');
      const { stdout, pid } = spawnSync('bash', ['-eo', 'pipefail', script], {
        cwd: place.dir,
        env: { PATH: `${place.dir}:${process.env.PATH ?? ''}`, SINDRI_ACTION_COMMAND: 'deploy --yes' },
        encoding: 'utf8',
      });
      expect(stdout).toBe(`${pid}\n`);
    } finally {
      place.remove();
    }
  });
});
