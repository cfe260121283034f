import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { createWorkplace, type Workplace } from './workplace';

// Each command is a process of its own, on a machine that may be busy.
jest.setTimeout(120_000);

const packageDir = path.resolve(__dirname, '../..');

describe('the commands', () => {
  let workplace: Workplace;
  beforeAll(() => (workplace = createWorkplace()));
  afterAll(() => workplace.remove());

  it('are those of the committed snapshot and reference', () => {
    // Prints what is out of date, and how to write it anew.
    execFileSync(process.execPath, ['scripts/command-reference.mjs', '--check'], { cwd: packageDir, stdio: 'inherit' });
  });

  it('each have a summary, a description and at least two examples', async () => {
    const snapshot = JSON.parse(readFileSync(path.join(packageDir, 'test/command-snapshot.json'), 'utf8')) as {
      command: string;
      plugin: string;
    }[];
    const reference = readFileSync(path.join(packageDir, '../../docs/cli.md'), 'utf8');
    const poor = snapshot
      .filter(({ plugin }) => plugin === '@sindri/cli')
      .filter(({ command }) => {
        const section = reference.split(`## \`sindri ${command}\`\n`)[1]?.split('\n## ')[0] ?? '';
        const examples = section.split('\n').filter((line) => line.startsWith('sindri '));
        const paragraphs =
          section
            .split('```')[0]
            ?.split('\n\n')
            .filter((text) => /^\w/.test(text.trim())) ?? [];
        return examples.length < 2 || paragraphs.length < 2;
      });
    expect(poor).toEqual([]);
  });

  it('the root help says what to type first', async () => {
    for (const args of [[], ['--help'], ['-h'], ['help']]) {
      const { code, stdout } = await workplace.run(args);
      expect([args, code]).toEqual([args, 0]);
      expect(stdout).toContain('sindri deploy --local');
      expect(stdout).toMatch(/EVERY DAY\n\s+plan /);
      expect(stdout).toMatch(/\n {2}paper/);
    }
  });

  it('one command has its own help', async () => {
    const { code, stdout } = await workplace.run(['deploy', '--help']);
    expect(code).toBe(0);
    expect(stdout).toContain('--lock-timeout');
    expect(stdout).toContain('SINDRI_CONFIG');
    expect(stdout).toContain('EXAMPLES');
  });

  it('the version is one line; the command lists below it what was added', async () => {
    for (const args of [['--version'], ['-v']]) {
      expect((await workplace.run(args)).stdout).toMatch(/^@sindri\/cli\/\S+ \S+-\S+ node-v[\d.]+\n$/);
    }
    expect((await workplace.run(['version'])).stdout).toMatch(
      /^@sindri\/cli\/\S+ \S+-\S+ node-v[\d.]+\n@sindri-test\/paper \S+ \(link\)\n$/,
    );
    const { document } = await workplace.json(['version']);
    expect(JSON.stringify(document)).toContain('@sindri-test/paper');
  });

  it('shell completion knows commands, options and values, also those that others have installed', async () => {
    const complete = async (...words: string[]) => (await workplace.run(['complete', 'bash', '--', ...words])).stdout;
    expect(await complete('pap')).toMatch(/^words\npaper\b/);
    expect(await complete('deploy', '--dry')).toMatch(/^words\n--dry-run\t/);
    expect(await complete('exec', '--method', '')).toMatch(/^words\nauto\t[^]*\npen\t[^]*\npencil\t[^]*\napi\t/);
    expect(await complete('list', '--provider', '')).toContain('\npaper\n');
    expect(await workplace.run(['complete', 'tcsh', '--', ''])).toMatchObject({ code: 0, stdout: '', stderr: '' });
  });
});
