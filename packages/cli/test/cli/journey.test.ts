import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { judge } from './answer-schema';
import { createWorkplace, type Workplace } from './workplace';

// Each command is a process of its own, on a machine that may be busy.
jest.setTimeout(120_000);

const provider = path.resolve(__dirname, '../fixture-plugin/provider.js');

// The copy that core has: another one stands at the top for the tools.
const documents = (text: string) =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe('a whole life', () => {
  let workplace: Workplace;
  beforeEach(() => {
    workplace = createWorkplace();
    workplace.config();
  });
  afterEach(() => workplace.remove());

  it('plan, deploy, status, stop, start, destroy: text for people', async () => {
    const plan = await workplace.run(['plan']);
    expect(plan.code).toBe(0);
    expect(plan.stdout).toContain('+ take a white sheet sheet-one  (+$1.50/month)');
    expect(plan.stdout).toContain('$1.50 a month');

    const deployed = await workplace.run(['deploy']);
    expect(deployed.code).toBe(0);
    expect(deployed.stdout).toContain('sheet-one is deployed');
    expect(deployed.stderr).toContain('take a white sheet');

    const again = await workplace.run(['deploy']);
    expect([again.code, again.stdout]).toEqual([0, expect.stringContaining('Nothing to do')]);
    expect((await workplace.run(['status'])).stdout).toContain('running');
    expect((await workplace.run(['stop'])).stdout).toContain('running → stopped');
    expect((await workplace.run(['start'])).stdout).toContain('stopped → running');

    const destroyed = await workplace.run(['destroy', '--yes']);
    expect(destroyed.code).toBe(0);
    expect(destroyed.stderr).toContain('data is lost');
    // Once, with the plan.
    expect(destroyed.stderr).toContain('Saves $1.50/month.');
    expect(destroyed.stdout).not.toContain('Saves');
    expect((await workplace.run(['status'])).stdout).toContain('not deployed');
    expect((await workplace.run(['destroy', '--yes'])).stdout).toContain('Nothing to destroy');
  });

  it('the same as one document each', async () => {
    const life: [string[], string | null, object][] = [
      [['plan'], 'plan', { schema: 'sindri.plan/1', changes: [{ action: 'create' }] }],
      [['deploy', '--dry-run'], 'deploy', { status: 'planned', report: null }],
      [['deploy'], 'deploy', { status: 'deployed', report: { status: 'succeeded' }, summary: { state: 'running' } }],
      [['deploy'], 'deploy', { status: 'unchanged' }],
      [['status'], 'status', { environment: 'sheet-one', state: 'running' }],
      [['stop'], 'power', { before: 'running', after: 'stopped' }],
      [['logs'], 'logs', { lines: [{ message: 'first' }, { message: 'token is ‹redacted›' }] }],
      [['exec', '--', 'echo out; echo err >&2; exit 3'], 'exec', { exitCode: 3, stdout: 'out\n', stderr: 'err\n' }],
      [['config', 'show'], 'config-document', { name: 'sheet-one', providers: { paper: { color: 'white' } } }],
      [['config', 'validate'], 'config-validation', { valid: true, problems: [] }],
      [['config', 'render'], 'config-render', { artifacts: [{ name: 'sheet.txt' }] }],
      [['config', 'schema'], null, { $schema: expect.any(String) }],
      [['config', 'init', '-c', 'other.yaml'], 'config-init', { provider: expect.any(String) }],
      [['doctor'], 'doctor', { ok: true }],
      [
        ['provider', 'list'],
        'provider-list',
        { providers: expect.arrayContaining([expect.objectContaining({ name: 'paper' })]) },
      ],
      [['provider', 'verify', 'paper'], 'conformance', { status: 'passed' }],
      [['destroy', '--yes'], 'destroy', { status: 'destroyed', monthlySaved: 1.5 }],
    ];
    for (const [args, schema, shape] of life) {
      const { code, document, stderr } = await workplace.json(args);
      expect({ args, code, stderr }).toEqual({ args, code: args[0] === 'exec' ? 3 : 0, stderr: '' });
      expect(document).toMatchObject(shape);
      if (schema !== null) expect({ args, problems: judge(schema, document) }).toEqual({ args, problems: [] });
    }
  });

  it('events as they come, and the answer last', async () => {
    const { code, stdout, stderr } = await workplace.run(['deploy', '--output', 'ndjson']);
    expect([code, stderr]).toEqual([0, '']);
    const lines = documents(stdout);
    const last = lines.pop();
    expect(last).toMatchObject({ schema: 'sindri.deploy/1', status: 'deployed' });
    expect(lines.flatMap((line) => judge('event', line))).toEqual([]);
    expect(lines.map(({ type }) => type)).toEqual(expect.arrayContaining(['operation.started', 'change.applied']));

    workplace.config({ color: 'blue', trouble: 'refused' });
    const failed = await workplace.run(['deploy', '--output', 'ndjson']);
    expect(failed.code).toBe(3);
    expect(documents(failed.stdout).pop()).toMatchObject({ error: { code: 'PAPER_TROUBLE' } });
  });

  it('a plan can be saved, read by a program, and applied; a stale one is refused', async () => {
    const saved = await workplace.run(['plan', '--out', 'plan.json', '--detailed-exitcode']);
    expect(saved.code).toBe(10);
    expect((await workplace.run(['deploy', '--plan', 'plan.json'])).code).toBe(0);
    const stale = await workplace.json(['deploy', '--plan', 'plan.json']);
    expect([stale.code, stale.document]).toMatchObject([5, { error: { code: 'PLAN_STALE' } }]);
    expect((await workplace.run(['plan', '--detailed-exitcode'])).code).toBe(0);
    expect((await workplace.run(['plan', '--destroy'])).stdout).toContain('tear up the sheet');
  });

  it('exec passes bytes, status and signals of the remote process', async () => {
    await workplace.run(['deploy']);
    const apart = await workplace.run(['exec', '--', 'echo out; echo err >&2; exit 7']);
    expect(apart).toEqual({ code: 7, stdout: 'out\n', stderr: 'err\n' });
    const piped = await workplace.run(['exec', '--', 'wc', '-c'], { stdin: 'x'.repeat(200_000) });
    expect([piped.code, piped.stdout.trim()]).toEqual([0, '200000']);
    const words = await workplace.run(['exec', '--', 'printf', '[%s]', 'a b', 'a b', '--json', '$HOME']);
    expect(words.stdout).toBe('[a b][a b][--json][$HOME]');
    expect((await workplace.run(['exec', '--', 'kill -TERM $$'])).code).toBe(143);
    const shell = await workplace.run(['connect'], { stdin: 'echo piped\nexit 4\n' });
    expect([shell.code, shell.stdout]).toEqual([4, 'piped\n']);
    const api = await workplace.run(['exec', '--method', 'api', '--', 'uname', '-a']);
    expect(api).toEqual({ code: 4, stdout: 'uname,-a\n', stderr: 'bounded\n' });
  });

  it('logs: the newest lines, followed until interrupted', async () => {
    expect((await workplace.run(['logs', '--tail', '1'])).stdout).toBe(
      '2026-03-01T12:00:00Z app[p1] info: token is ‹redacted›\n',
    );
    const { child, ended } = workplace.start(['logs', '--follow', '--output', 'ndjson']);
    child.stdout?.once('data', () => child.kill('SIGINT'));
    const followed = await ended;
    expect(followed.code).toBe(130);
    expect(documents(followed.stdout).filter(({ type }) => type === 'log.line')[0]).toMatchObject({ message: 'first' });
  });

  it('status --watch shows a change, until interrupted', async () => {
    const { child, ended } = workplace.start(['status', '--watch', '1', '--output', 'ndjson']);
    let seen = '';
    let deploying: Promise<unknown> | null = null;
    child.stdout?.on('data', (chunk: string) => {
      seen += chunk;
      if (seen.includes('"state":"absent"')) deploying ??= workplace.run(['deploy']);
      if (seen.includes('"state":"running"')) child.kill('SIGINT');
    });
    expect((await ended).code).toBe(130);
    await deploying;
    const states = documents(seen).flatMap(({ state }) => (state === undefined ? [] : [state]));
    expect(states).toEqual(['absent', 'running']);
  });

  it('an interrupt ends a deploy in an orderly way', async () => {
    workplace.config({ trouble: 'slow' });
    const { child, ended } = workplace.start(['deploy', '--output', 'ndjson']);
    child.stdout?.on('data', (chunk: string) => {
      if (chunk.includes('change.started')) child.kill('SIGINT');
    });
    const { code, stdout } = await ended;
    expect(code).toBe(130);
    expect(documents(stdout).pop()).toMatchObject({
      error: { code: 'OPERATION_CANCELLED', details: { report: expect.anything() } },
    });
  });

  it('a reader that goes away ends a watch without a word', async () => {
    const { child, ended } = workplace.start(['status', '--watch', '1', '--output', 'ndjson']);
    child.stdout?.once('data', () => child.stdout?.destroy());
    const { code, stderr } = await ended;
    expect([code, stderr]).toEqual([141, '']);
  });

  it('config init writes a file that validates, and replaces none', async () => {
    const first = await workplace.run([
      'config',
      'init',
      '-c',
      'new/sindri.yaml',
      '--provider',
      'paper',
      '--name',
      'fresh',
    ]);
    expect([first.code, first.stdout]).toEqual([0, expect.stringContaining('fresh')]);
    expect((await workplace.run(['config', 'validate', '-c', 'new/sindri.yaml'])).code).toBe(0);
    const second = await workplace.json(['config', 'init', '-c', 'new/sindri.yaml']);
    expect([second.code, second.document]).toMatchObject([2, { error: { code: 'CONFIG_EXISTS' } }]);
    expect(
      (await workplace.run(['config', 'init', '-c', 'new/sindri.yaml', '--provider', 'paper', '--force'])).code,
    ).toBe(0);
    const unknown = await workplace.json(['config', 'init', '-c', 'x.yaml', '--provider', 'papre']);
    expect([unknown.code, unknown.document]).toMatchObject([2, { error: { hint: expect.stringContaining('paper') } }]);
  });

  it('config render prints one file as it is, or writes it', async () => {
    expect((await workplace.run(['config', 'render'])).stdout).toBe('white sheet-one\n');
    expect((await workplace.run(['config', 'render', '--out-dir', 'out'])).code).toBe(0);
    expect(readFileSync(path.join(workplace.dir, 'out/sheet.txt'), 'utf8')).toBe('white sheet-one\n');
    expect((await workplace.run(['config', 'render', '--out-dir', 'out'])).code).toBe(2);
  });

  it('--local starts what the provider declares, without a word, and keeps the real token away', async () => {
    const { code, document, stderr } = await workplace.json(['doctor', '--local'], { env: { PAPER_TOKEN: undefined } });
    expect([code, stderr]).toEqual([0, '']);
    expect(document).toMatchObject({ ok: true });
    const deployed = await workplace.json(['deploy', '--local'], { env: { PAPER_TOKEN: undefined } });
    expect([deployed.code, deployed.document]).toMatchObject([0, { status: 'deployed' }]);
    // Its state is not that of the real platform.
    expect((await workplace.json(['status'])).document).toMatchObject({ state: 'absent' });
    const viaVariable = await workplace.json(['status'], { env: { SINDRI_LOCAL: '1' } });
    expect(viaVariable.document).toMatchObject({ state: 'running' });
  });

  it('provider verify judges an installed provider; a broken promise exits 3', async () => {
    const kept = await workplace.run(['provider', 'verify', 'paper']);
    expect([kept.code, kept.stdout]).toEqual([0, expect.stringContaining('conforms to the contract')]);
    expect(kept.stderr).toMatch(/✓ +1\/\d+ identity: /);
    expect(kept.stdout).toContain('the package ships no conformance subject');
    expect(kept.stdout).toContain('sindri provider verify paper --local');
    const told = documents((await workplace.run(['provider', 'verify', 'paper', '--output', 'ndjson'])).stdout);
    expect(told.filter(({ type }) => type === 'conformance.case').flatMap((line) => judge('event', line))).toEqual([]);
    const pure = await workplace.json(['provider', 'verify', 'paper']);
    expect(pure.document).toMatchObject({ platform: 'none', next: expect.stringContaining('verify paper --local') });
    const unknown = await workplace.json(['provider', 'verify', 'papre']);
    expect([unknown.code, unknown.document]).toMatchObject([2, { error: { code: 'PROVIDER_NOT_FOUND' } }]);

    const root = path.join(workplace.dir, 'untidy');
    mkdirSync(root);
    writeFileSync(
      path.join(root, 'provider.mjs'),
      `import { createRequire } from 'node:module';
       const { createProvider: paper } = createRequire(import.meta.url)(${JSON.stringify(provider)});
       export const createProvider = () => ({ ...paper(), name: 'untidy', validate: () => [Math.random()] });`,
    );
    const declared = { name: 'untidy', apiVersion: 1, entry: './provider.mjs' };
    writeFileSync(
      path.join(root, 'package.json'),
      JSON.stringify({ name: 'untidy', version: '1.0.0', oclif: {}, sindri: { provider: declared } }),
    );
    workplace.link([{ name: 'untidy', root }]);
    const broken = await workplace.json(['provider', 'verify', 'untidy']);
    expect([broken.code, broken.document]).toMatchObject([3, { schema: 'sindri.conformance/1', status: 'failed' }]);
  });

  it('doctor says what to repair, and exits by it', async () => {
    const missing = await workplace.run(['doctor'], { env: { PAPER_TOKEN: undefined } });
    expect([missing.code, missing.stdout]).toEqual([4, expect.stringContaining('Set PAPER_TOKEN.')]);
    workplace.config({ colour: 'white' });
    const invalid = await workplace.run(['doctor']);
    expect([invalid.code, invalid.stdout]).toEqual([2, expect.stringContaining('sindri config validate')]);
  });
});
