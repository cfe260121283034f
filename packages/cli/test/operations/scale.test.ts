import { chmodSync, lstatSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SindriError, type Environment, type JsonObject } from '@sindri/core';
import { formatScale } from '../../src/format/scale';
import { editConfigFile } from '../../src/operations/edited-config';
import { explainSize, scale, sizeEdits } from '../../src/operations/scale';
import { change, fakeEnvironment, fakeShell, plain, plan, report, summary } from '../fakes';

let dir: string;
let file: string;
const before = '# mine\nname: demo\ndeployment:\n  provider: fake\n  resources:\n    memory: 4GB # enough\n';
const after = before.replace('4GB', '8GB');

beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'sindri-cli-'));
  file = path.join(dir, 'sindri.yaml');
  writeFileSync(file, before);
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const now = () => readFileSync(file, 'utf8');

async function scaleTo(members: Partial<Environment>, request: object = {}, size: object = { memory: '8192' }) {
  const shell = fakeShell({ cwd: dir });
  const edited = await editConfigFile(shell, undefined, sizeEdits(size));
  const environment = fakeEnvironment({
    plan: async () => plan([change('machine:a')]),
    status: async () => summary(),
    ...members,
  });
  const result = scale(environment, shell, edited, request);
  return { shell, edited, result };
}

const failure = (kind: 'refused' | 'incomplete', outcomes: object[]) => async () => {
  const details = { report: report({ status: 'failed', outcomes: outcomes as never[] }) as unknown as JsonObject };
  throw new SindriError({ code: 'UNEXPECTED', kind, message: 'no', details });
};

it('writes the file before it applies, keeps its comments and mode, and says what it says now', async () => {
  chmodSync(file, 0o640);
  let seen = '';
  const apply = async () => {
    seen = now();
    return report();
  };
  const { result } = await scaleTo({ apply });
  const scaled = await result;
  expect([seen, now(), statSync(file).mode & 0o777]).toEqual([after, after, 0o640]);
  expect(scaled).toMatchObject({
    status: 'deployed',
    config: { file, written: true, values: [{ path: 'deployment.resources.memory', from: '4GB', to: '8GB' }] },
  });
  expect(formatScale(scaled, plain, { status: 'sindri status' })).toContain('deployment.resources.memory: 4GB → 8GB');
});

it('changes no file with --dry-run, nor when somebody says no', async () => {
  const dry = await (await scaleTo({}, { dryRun: true })).result;
  expect(dry).toMatchObject({ status: 'planned', config: { written: false } });
  expect(formatScale(dry, plain, { status: 'x' })).toContain('sindri.yaml would say:');
  const replaced = async () => plan([change('machine:a', { impact: ['replace'] })]);
  await expect((await scaleTo({ plan: replaced })).result).rejects.toMatchObject({ code: 'CONFIRMATION_REQUIRED' });
  expect(now()).toBe(before);
});

it('writes the file also when the platform is as large already', async () => {
  const { result } = await scaleTo({ plan: async () => plan([]) });
  expect(await result).toMatchObject({ status: 'unchanged', config: { written: true } });
  expect(now()).toBe(after);
});

it('puts the file back when the platform has said no before anything was done', async () => {
  const { result, shell } = await scaleTo({ apply: failure('refused', [{ change: 'machine:a', status: 'failed' }]) });
  await expect(result).rejects.toMatchObject({ kind: 'refused' });
  expect([now(), shell.said]).toEqual([before, expect.arrayContaining(['sindri.yaml is as it was.'])]);
});

it.each([
  ['nobody knows how it ended', failure('incomplete', [{ change: 'machine:a', status: 'failed' }])],
  ['a part is done', failure('refused', [{ change: 'volume:a', status: 'applied' }])],
])('keeps the new value and says so when %s', async (_what, apply) => {
  const { result, shell } = await scaleTo({ apply });
  await expect(result).rejects.toThrow('no');
  expect(now()).toBe(after);
  expect(shell.said.join('\n')).toContain('sindri.yaml keeps its new values');
});

it('touches nothing that somebody else has written meanwhile', async () => {
  const { edited } = await scaleTo({}, { dryRun: true });
  writeFileSync(file, `${before}# and theirs\n`);
  await expect(edited.write()).rejects.toMatchObject({ code: 'CONFIG_CHANGED' });
  expect(await edited.restore()).toBe(false);
  expect(now()).toBe(`${before}# and theirs\n`);
});

it('names no line of the file for a size that is not in it, and says that memory and CPUs go together', async () => {
  const edited = await editConfigFile(fakeShell({ cwd: dir }), undefined, sizeEdits({ memory: '8GB' }));
  const at = { severity: 'error', code: 'FLY_SIZE', message: 'too much', file: 'sindri.yaml', line: 6, column: 13 };
  const refused = (problems: object[]) =>
    new SindriError({ code: 'CONFIG_INVALID', kind: 'usage', message: 'no', details: { problems } as never });
  const problems = [
    { ...at, path: 'deployment.resources.memory' },
    { ...at, path: 'deployment.resources.cpus' },
  ];
  expect(explainSize(refused(problems), edited)).toMatchObject({
    code: 'CONFIG_INVALID',
    hint: expect.stringMatching(/^sindri\.yaml was not changed\..*--cpus/),
    details: { problems: [expect.not.objectContaining({ line: 6 }), { line: 6, file: 'sindri.yaml' }] },
  });
  const other = refused([{ ...at, path: 'name' }]);
  expect([explainSize(other, edited), explainSize(other, null)]).toEqual([other, other]);
});

it('keeps the byte order mark that an editor on Windows has put there', async () => {
  writeFileSync(file, `\uFEFF${before}`);
  await (await editConfigFile(fakeShell({ cwd: dir }), undefined, sizeEdits({ memory: '1536MB' }))).write();
  expect(readFileSync(file, 'utf8')).toMatch(/^\uFEFF/);
});

it('writes through a link, and refuses sizes that are none', async () => {
  const link = path.join(dir, 'link.yaml');
  symlinkSync(file, link);
  const shell = fakeShell({ cwd: dir });
  await (await editConfigFile(shell, 'link.yaml', sizeEdits({ memory: '1536MB', cpus: '4' }))).write();
  expect(lstatSync(link).isSymbolicLink()).toBe(true);
  expect(now()).toContain('    cpus: 4\n    memory: 1536MB # enough');
  for (const size of [{ memory: 'much' }, { cpus: '-1' }, { cpus: '1e3' }, { cpus: '0' }]) {
    expect(() => sizeEdits(size)).toThrow(expect.objectContaining({ code: 'USAGE' }) as Error);
  }
});
