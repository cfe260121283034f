import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createRedactor } from '@sindri/core';
import { failureAnnotations, problemAnnotations } from '../../src/github-actions/annotations';
import { inertStream, inertText } from '../../src/github-actions/inert';
import { markdownPlan } from '../../src/github-actions/markdown-plan';
import { summarizePlan } from '../../src/github-actions/step-summary';
import { escapeJson } from '../../src/terminal/outside-text';
import { change, fakeShell, plan } from '../fakes';

const place = {
  env: { GITHUB_WORKSPACE: '/repo' },
  cwd: '/repo/deploy',
  clean: (text: string) => text.replace('hunter2', '[hidden]'),
};

describe('what the runner reads', () => {
  it.each([
    ['::error::x', ': :error::x'],
    ['  \t::set-env name=A::x', '  \t: :set-env name=A::x'],
    ['ok\n::stop-commands::x', 'ok\n: :stop-commands::x'],
    ['a ##[error]x', 'a ## [error]x'],
    ['std::vector, ## [x], ::', 'std::vector, ## [x], ::'],
  ])('%j is no command', (text, shown) => expect(inertText(text)).toBe(shown));

  it('nothing of others that is written is a command, and a document means the same', () => {
    const written: string[] = [];
    const stream = inertStream({ isTTY: false, write: (text: string) => written.push(text) });
    stream.write('::warning::x\n');
    expect([stream.isTTY, written]).toEqual([false, [': :warning::x\n']]);
    const value = { text: '\n::error::x ##[error]y' };
    const json = escapeJson(JSON.stringify(value, null, 2));
    expect(inertText(json)).toBe(json);
    expect(JSON.parse(json)).toEqual(value);
  });
});

describe('an annotation', () => {
  it('stands at its place in the repository, with every mark escaped', () => {
    const problem = {
      severity: 'error',
      code: 'CONFIG_UNKNOWN_KEY',
      message: '100% unknown\n::warning::injected',
      path: 'deployment.memmory',
      file: 'a,b:c%.yaml',
      line: 7,
      column: 5,
      hint: 'Did you mean "memory"?',
    } as const;
    expect(problemAnnotations([problem], place)).toEqual([
      '::error file=deploy/a%2Cb%3Ac%25.yaml,line=7,col=5,title=CONFIG_UNKNOWN_KEY::' +
        'deployment.memmory: 100%25 unknown%0A::warning::injected%0ADid you mean "memory"?',
    ]);
  });

  it('of a config lies elsewhere: as it is given; of a warning it is one', () => {
    const problem = { severity: 'warning', code: 'X', message: 'm', path: '' } as const;
    expect(problemAnnotations([{ ...problem, file: '../../etc/x.yaml' }, problem], place)).toEqual([
      '::warning file=../../etc/x.yaml,title=X::m',
      '::warning title=X::m',
    ]);
  });

  it('of any other failure has its message, without secrets', () => {
    const error = {
      code: 'FLY_X',
      kind: 'refused',
      message: 'hunter2\r\n::x',
      hint: 'Try.',
      retryable: false,
      details: {},
    } as const;
    expect(failureAnnotations(error, place)).toEqual(['::error title=FLY_X::[hidden]%0A::x%0ATry.']);
  });
});

describe('the summary of a step', () => {
  const hostile = 'x | ![a](https://e.example) <img src=x> `b` @c\n# heading\n| d |';
  const given = plan(
    [
      change('machine:demo', {
        title: hostile,
        action: 'update',
        monthlyCostDelta: 2,
        differences: [{ field: hostile, from: null, to: { a: hostile } }],
      }),
    ],
    {
      notes: [{ level: 'warning', code: 'X', message: hostile }],
      cost: {
        currency: 'USD',
        monthlyRunning: 34.78,
        monthlyIdle: 5.7,
        monthlyExpected: 12.81,
        awake: { hours: 176, basis: 'assumed' },
        items: [{ title: hostile, monthly: 34.78, monthlyIdle: 5.7, monthlyExpected: 12.81 }],
        pricesAsOf: '2026-11-01',
      },
    },
  );

  it('is a plan in which no text of others is markup', () => {
    const text = markdownPlan(given);
    const lines = text.split('\n');
    expect(lines[0]).toBe('### demo on fake: deploy, 1 change');
    expect(lines.filter((line) => line.startsWith('#'))).toHaveLength(1);
    expect(text.replaceAll('<br>', '')).not.toMatch(/[<>`@![\]()]/);
    for (const line of lines.filter((one) => one.startsWith('| '))) expect(line.match(/\|/g)).toHaveLength(5);
    expect(text).toContain('| **together** | &#36;5&#46;70 | &#36;12&#46;81 | &#36;34&#46;78 |');
  });

  it('says that a plan beyond the budget is refused', () => {
    const lines = (monthly: number) => markdownPlan({ ...given, budget: { monthly, of: 'always-on' } }).split('\n');
    expect(lines(20)[2]).toMatch(/^\*\*Refused:\*\* demo would cost &#36;34&#46;78 a month always on/);
    expect(lines(40).join()).not.toContain('Refused');
  });

  it('is added to the file of the step, in GitHub Actions only, without secrets', async () => {
    const dir = mkdtempSync(path.join(tmpdir(), 'sindri-summary-'));
    try {
      const file = path.join(dir, 'summary.md');
      const shell = (env: Record<string, string>) => ({
        ...fakeShell(),
        env,
        redactor: createRedactor(['top-secret-1']),
      });
      const secret = plan([change('app:demo', { title: 'top-secret-1' })]);
      await summarizePlan(secret, shell({ GITHUB_STEP_SUMMARY: file }));
      for (let time = 0; time < 2; time++) {
        await summarizePlan(secret, shell({ GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: file }));
      }
      const text = readFileSync(file, 'utf8');
      expect(text.match(/^### demo/gm)).toHaveLength(2);
      expect(text).not.toMatch(/top.{0,6}secret/);
      const nowhere = { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: path.join(dir, 'no', 'where') };
      await expect(summarizePlan(secret, shell(nowhere))).resolves.toBeUndefined();
    } finally {
      rmSync(dir, { recursive: true });
    }
  });
});
