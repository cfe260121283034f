import {
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SindriError, type Environment, type JsonObject } from '@sindri/core';
import { overlayLocal } from '../../src/local-platform';
import { render } from '../../src/operations/config-render';
import { checkNode, doctorExitCode, findSymptoms } from '../../src/operations/doctor';
import { parseDuration, parseSince } from '../../src/operations/duration';
import { holdAwake } from '../../src/operations/hold';
import { readPlan, savePlan } from '../../src/operations/plan-file';
import { writeFile } from '../../src/operations/write-file';
import { power } from '../../src/operations/power';
import { requirePlace, splitCommand } from '../../src/operations/split-command';
import { inTypedWords } from '../../src/operations/unsupported';
import { spellOutWatch, watchNeedsLines } from '../../src/operations/watch-flags';
import { change, fakeEnvironment, fakeShell, plan } from '../fakes';

let dir: string;
beforeEach(() => (dir = mkdtempSync(path.join(tmpdir(), 'sindri-cli-'))));
afterEach(() => rmSync(dir, { recursive: true, force: true }));

describe('durations', () => {
  it.each([
    ['90', 90_000],
    ['90s', 90_000],
    ['10m', 600_000],
    ['1.5h', 5_400_000],
    ['250ms', 250],
    ['0', 0],
    ['soon', null],
    ['-1', null],
    ['', null],
  ])('%p → %p', (text, ms) => expect(parseDuration(text)).toBe(ms));

  it('a since is a duration before now, or a time', () => {
    expect(parseSince('10m', 1_000_000)).toBe(400_000);
    expect(parseSince('2026-03-01T12:00:00Z', 0)).toBe(Date.parse('2026-03-01T12:00:00Z'));
    expect(parseSince('yesterday', 0)).toBeNull();
    expect(parseSince('2026-02-30', 0)).toBeNull();
    expect(parseSince('2026-02-29T10:00Z', 0)).toBeNull();
    expect(parseSince('99999999d', 1_000_000)).toBe(0);
  });
});

describe('a hold', () => {
  it('that Ctrl-C ends, as it was said, is over and no failure; what else ends it is one', async () => {
    const shell = fakeShell();
    const environment = (ended: Promise<never>) =>
      ({
        spec: { name: 'web' },
        provider: { name: 'fake' },
        hold: () => Promise.resolve({ until: '2026-03-01T13:00:00Z', by: ['a lease'], ended, release: async () => {} }),
      }) as unknown as Environment;
    const request = { durationMs: 3_600_000, reason: 'on request' };
    const reason = { code: 'OPERATION_CANCELLED', kind: 'cancelled', message: 'Interrupted.' } as const;
    // Core tells the reason in an error of its own, without secrets.
    const aborted = new Promise<never>((_resolve, reject) =>
      shell.signal.addEventListener('abort', () => reject(new SindriError(reason))),
    );
    const holding = holdAwake(environment(aborted), shell, request);
    shell.interrupt(new SindriError(reason));
    expect(await holding).toMatchObject({ environment: 'web', ended: 'released' });
    const broken = Promise.reject(new Error('The lease could not be given back.'));
    await expect(holdAwake(environment(broken), shell, request)).rejects.toThrow('given back');
  });
});

describe('a file of the project', () => {
  it('is made with its directory, and replaced only when asked to, also behind a link', async () => {
    const file = path.join(dir, 'sub/file');
    expect(await writeFile(file, 'one', { replace: false })).toBe(true);
    expect(await writeFile(file, 'two', { replace: false })).toBe(false);
    symlinkSync(file, path.join(dir, 'link'));
    expect(await writeFile(path.join(dir, 'link'), 'three', { replace: true })).toBe(true);
    expect([readFileSync(file, 'utf8'), readdirSync(path.dirname(file))]).toEqual(['three', ['file']]);
    expect(await writeFile(path.join(dir, 'new'), 'four', { replace: true, mode: 0o600 })).toBe(true);
    expect(statSync(path.join(dir, 'new')).mode & 0o777).toBe(0o600);
  });

  (existsSync('/dev/full') ? it : it.skip)('that a full disk does not take is told with what to do', async () => {
    await expect(writeFile('/dev/full', 'text', { replace: true })).rejects.toMatchObject({
      code: 'FILE_UNWRITABLE',
      message: '/dev/full cannot be written: the disk is full.',
    });
    await expect(writeFile('/dev/null/sub/file', 'text', { replace: false })).rejects.toMatchObject({
      code: 'FILE_UNWRITABLE',
      message: '/dev/null/sub cannot be written: there is a file in its way.',
    });
  });
});

describe('splitCommand', () => {
  it('cuts at the first two dashes and keeps the order of words that occur twice', () => {
    expect(splitCommand(['--json', '--', 'echo', 'a', '--', 'a'])).toEqual({
      own: ['--json'],
      command: ['echo', 'a', '--', 'a'],
    });
    expect(splitCommand(['--json'])).toEqual({ own: ['--json'], command: [] });
  });

  it.each([
    [['uname', '-a', '--local'], 'sindri exec --local -- uname -a'],
    [['git', 'config', '--local', 'a.b'], 'sindri exec -- git config --local a.b'],
    [['uname', '--', '--local'], 'sindri exec -- uname --local'],
  ])('says how to type %j', (argv, typed) => {
    expect(() => requirePlace(splitCommand(argv), 'exec')).toThrow(
      expect.objectContaining({ hint: `Type: ${typed}` }) as Error,
    );
  });
});

describe('what a provider cannot do', () => {
  const refused = (details: JsonObject) =>
    inTypedWords(new SindriError({ code: 'CAPABILITY_UNSUPPORTED', kind: 'usage', message: 'Core.', details }));

  it('is told by the command that was typed', () => {
    expect(refused({ provider: 'docker', intent: 'volume.extend' })).toMatchObject({
      message: 'The provider "docker" cannot do what `sindri volume extend` asks for.',
      hint: 'What each provider can: sindri provider list',
    });
    expect(refused({ provider: 'docker', capability: 'hold' })).toMatchObject({
      message: 'The provider "docker" cannot do what `sindri hold` asks for.',
      hint: expect.stringContaining('stays awake without it'),
    });
  });

  it.each([
    [{ capability: 'session' }],
    [{ capability: 'logs', instance: 'two' }],
    [{ capability: 'power', member: 'suspend' }],
  ])('and as core says it where that is clearer: %j', (details) => {
    expect(refused({ provider: 'docker', ...details }).message).toBe('Core.');
  });
});

describe('watch flags', () => {
  it.each([
    [['--watch'], ['--watch']],
    [
      ['--watch', '10'],
      ['--watch', '--interval', '10'],
    ],
    [
      ['-w', '10s', '--local'],
      ['-w', '--interval', '10s', '--local'],
    ],
    [['--watch=2'], ['--watch', '--interval', '2']],
    [
      ['--watch', '--json'],
      ['--watch', '--json'],
    ],
  ])('%p', (given, spelled) => expect(spellOutWatch(given)).toEqual(spelled));

  it('do not go with one document', () => {
    expect(() => watchNeedsLines({ json: true })).toThrow('has no end');
    expect(() => watchNeedsLines({ output: 'json' })).toThrow('has no end');
    expect(() => watchNeedsLines({ output: 'ndjson' })).not.toThrow();
  });
});

describe('overlayLocal', () => {
  const local = { FLY_API_TOKEN: 'local', FLY_FLAPS_BASE_URL: 'http://127.0.0.1:1' };

  it('replaces, and removes what else could lead to the real platform', () => {
    expect(
      overlayLocal(
        {
          FLY_API_TOKEN: 'real',
          FLY_ACCESS_TOKEN: 'real',
          FLY_API_BASE_URL: 'https://real',
          FLY_REGION: 'ams',
          HOME: '/h',
        },
        local,
      ),
    ).toEqual({ ...local, FLY_REGION: 'ams', HOME: '/h' });
  });

  it('leaves other families alone', () => {
    expect(overlayLocal({ GITHUB_TOKEN: 't', FLYING_TOKEN: 'x' }, local)).toMatchObject({
      GITHUB_TOKEN: 't',
      FLYING_TOKEN: 'x',
    });
  });
});

describe('plan files', () => {
  it('come back as they were written, readable for their owner only', async () => {
    const saved = plan([change('app:demo')]);
    const file = await savePlan(saved, 'plan.json', dir);
    expect(await readPlan('plan.json', dir)).toEqual(saved);
    if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('that are none are refused', async () => {
    writeFileSync(path.join(dir, 'other.json'), '{"schema":"sindri.plan/9"}');
    writeFileSync(path.join(dir, 'text.json'), 'no');
    await expect(readPlan('other.json', dir)).rejects.toMatchObject({ code: 'PLAN_INVALID' });
    await expect(readPlan('text.json', dir)).rejects.toMatchObject({ code: 'PLAN_INVALID' });
    await expect(readPlan('gone.json', dir)).rejects.toMatchObject({ code: 'USAGE', kind: 'usage' });
  });
});

describe('render', () => {
  const artifact = { name: 'fly.toml', mediaType: 'application/toml', content: 'app = "demo"\n' };

  it('keeps a file that exists unless forced', async () => {
    const environment = fakeEnvironment({ artifacts: () => [artifact] });
    const shell = fakeShell({ cwd: dir });
    const { written } = await render(environment, shell, { outDir: 'out', force: false });
    expect(written).toEqual([path.join(dir, 'out/fly.toml')]);
    writeFileSync(written[0] as string, 'mine');
    await expect(render(environment, shell, { outDir: 'out', force: false })).rejects.toMatchObject({
      code: 'FILE_EXISTS',
    });
    expect(readFileSync(written[0] as string, 'utf8')).toBe('mine');
    await render(environment, shell, { outDir: 'out', force: true });
    expect(readFileSync(written[0] as string, 'utf8')).toBe(artifact.content);
  });

  it('gives the one that was named, or says which there are', async () => {
    const environment = fakeEnvironment({ artifacts: () => [artifact, { ...artifact, name: 'machine.json' }] });
    const one = await render(environment, fakeShell(), { name: 'machine.json', force: false });
    expect(one.artifacts.map(({ name }) => name)).toEqual(['machine.json']);
    await expect(render(environment, fakeShell(), { name: 'x', force: false })).rejects.toMatchObject({
      hint: 'There is: fly.toml, machine.json',
    });
  });

  it('lets no name leave the directory, and writes nothing unasked', async () => {
    const environment = fakeEnvironment({ artifacts: () => [{ ...artifact, name: '../../evil' }] });
    const shell = fakeShell({ cwd: dir });
    expect((await render(environment, shell, { force: false })).written).toEqual([]);
    const { written } = await render(environment, shell, { outDir: 'out', force: false });
    expect(written).toEqual([path.join(dir, 'out/evil')]);
  });
});

const said: string[] = [];
const working = (title: string) => void said.push(title);
beforeEach(() => void said.splice(0));

it.each(['start', 'stop', 'suspend'] as const)('power: %s tells before and after', async (verb) => {
  const environment = fakeEnvironment({ [verb]: async () => ({ before: 'running', after: 'stopped' }) });
  expect(await power(environment, { working }, verb)).toMatchObject({
    environment: 'demo',
    before: 'running',
    after: 'stopped',
  });
  // Whoever waits is told for what, also before the provider says anything.
  expect(said).toEqual([`${verb[0]?.toUpperCase()}${verb.slice(1)} demo`]);
});

it('power: of one instance', async () => {
  const stop = jest.fn(async () => ({ before: 'running', after: 'stopped' }) as const);
  const result = await power(fakeEnvironment({ stop }), { working }, 'stop', { instance: 'demo-2' });
  expect(result).toMatchObject({ environment: 'demo', instance: 'demo-2' });
  expect(stop).toHaveBeenCalledWith({ instance: 'demo-2' });
  expect(said).toEqual(['Stop demo-2']);
});

describe('power where a platform has only one way down', () => {
  const refusal = (member: string) => async () =>
    Promise.reject(
      new SindriError({
        code: 'CAPABILITY_UNSUPPORTED',
        kind: 'usage',
        message: 'It cannot.',
        hint: 'for programs',
        details: { capability: 'power', member },
      }),
    );

  it('stop says to suspend, in words to type', async () => {
    const environment = fakeEnvironment({ stop: refusal('stop'), suspend: refusal('suspend') });
    const next = (words: string) => `sindri ${words} --local`;
    await expect(power(environment, { working }, 'stop', { next })).rejects.toMatchObject({
      code: 'CAPABILITY_UNSUPPORTED',
      kind: 'usage',
      message: 'It cannot.',
      hint: 'Keep what is in memory instead: sindri stop --suspend --local',
    });
    await expect(power(environment, { working }, 'suspend')).rejects.toMatchObject({
      hint: 'Leave out --suspend: sindri stop ends the processes, and the volume stays.',
    });
  });

  it('any other failure stays as it is', async () => {
    const error = new Error('platform on fire');
    const environment = fakeEnvironment({ stop: async () => Promise.reject(error) });
    await expect(power(environment, { working }, 'stop')).rejects.toBe(error);
  });
});

describe('doctor', () => {
  it('finds what diagnose finds, and is not ended by what cannot be looked at', async () => {
    const finding = {
      severity: 'problem',
      cause: 'All 10 GB are used.',
      evidence: ['df: 100 %'],
      fix: [
        { text: 'Make room.', command: null },
        { text: 'Or grow it:', command: 'sindri volume extend 20GB' },
      ],
    } as const;
    const look = (findings: object[] | Error) =>
      findSymptoms(
        fakeEnvironment({
          diagnose: async () => {
            if (findings instanceof Error) throw findings;
            return { findings: findings as never, unknown: [] };
          },
        }),
      );
    expect(await look([{ ...finding, id: 'volume-full', title: 'The volume is full' }])).toEqual([
      {
        area: 'demo',
        id: 'volume-full',
        title: 'The volume is full',
        status: 'failed',
        message: 'All 10 GB are used.',
        fix: 'Make room.\nOr grow it: sindri volume extend 20GB',
      },
    ]);
    expect(await look([])).toMatchObject([{ status: 'ok', message: 'nothing found' }]);
    expect(await look([{ ...finding, id: 'not-deployed', title: 'Not deployed' }])).toEqual([]);
    expect(await look(new Error('no answer'))).toMatchObject([{ status: 'skipped', message: 'no answer' }]);
  });

  it.each([
    ['v20.18.3', 'failed'],
    ['v20.19.0', 'ok'],
    ['v24.1.0', 'ok'],
  ])('Node %s: %s', (version, status) => expect(checkNode(version).status).toBe(status));

  it('exits by what must be repaired first', () => {
    const item = { id: 'x', area: 'fly', title: '', message: '', status: 'failed' } as const;
    const code = (...items: (typeof item | { [key: string]: string })[]) =>
      doctorExitCode({ schema: 'sindri.doctor/1', ok: false, items: items as never });
    expect(code({ ...item, status: 'warning' })).toBe(0);
    expect(code(item)).toBe(3);
    expect(code(item, { ...item, id: 'token' })).toBe(4);
    expect(code({ ...item, id: 'token' }, { ...item, area: 'config' })).toBe(2);
  });
});
