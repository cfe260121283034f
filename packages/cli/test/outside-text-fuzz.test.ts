import { createRedactor, SindriError, type ConfigProblem, type Plan, type SindriEvent } from '@sindri/core';
import { formatChangeResult } from '../src/format/change';
import { formatRender, formatValidate } from '../src/format/config';
import { formatConformance } from '../src/format/conformance';
import { formatDeploy } from '../src/format/deploy';
import { formatDestroy } from '../src/format/destroy';
import { formatDoctor } from '../src/format/doctor';
import { formatKeys } from '../src/format/keys';
import { formatLogLine } from '../src/format/logs';
import { formatPlan } from '../src/format/plan';
import { formatPower } from '../src/format/power';
import { formatProviderList } from '../src/format/provider';
import { formatStatus } from '../src/format/status';
import { formatYaml } from '../src/format/yaml';
import { createOutput, type TextStream } from '../src/output';
import type { Style } from '../src/style';
import { createProgress } from '../src/terminal/live-list';
import { change, plan, report, summary } from './fakes';

const ROUNDS = 150;
/** What an attacker would like the terminal to see, and what our own styles are made of. */
const SPICES = [
  '\u001b[31m',
  '\u001b[0m',
  '\u001b[1;32m',
  '\u001b[2J',
  '\u001b]0;title\u0007',
  '\u001b]52;c;Y2xpcA==\u001b\\',
  '\u001b[',
  '\u001b',
  '\u009b2J',
  '\u009d0;x\u009c',
  '\u0000',
  '\u0007',
  '\b\b\b',
  '\r',
  '\n',
  '\t',
  '\u007f',
  '\u0085',
  '\u200b',
  '\u200d',
  '\u200e',
  '\u202e',
  '\u2028',
  '\u2066',
  '\ufeff',
  '\u{e0041}',
  '\ud800',
];

/** Mulberry32: the same texts in every run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function nastyText(random: () => number): string {
  const pick = (): string =>
    random() < 0.5
      ? (SPICES[Math.floor(random() * SPICES.length)] as string)
      : String.fromCharCode(Math.floor(random() * (random() < 0.5 ? 0x100 : 0x2100)));
  return Array.from({ length: 1 + Math.floor(random() * 12) }, pick).join('');
}

/** A copy in which every text has something nasty behind it. */
function poisoned<T>(value: T, nasty: () => string): T {
  if (typeof value === 'string') return `${value}${nasty()}` as T;
  if (Array.isArray(value)) return value.map((item) => poisoned(item, nasty)) as T;
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, poisoned(item, nasty)])) as T;
  }
  return value;
}

const seenPlan = (nasty: () => string): Plan => {
  const { changes, notes, ...rest } = poisoned(
    plan(
      [change('app:demo', { action: 'update', differences: [{ field: 'image', from: 'a', to: 'b', why: 'new' }] })],
      {
        secrets: [{ name: 'KEY', origin: '.env' }],
        consents: [{ message: 'sends a file' } as never],
        notes: [{ level: 'warning', code: 'CAREFUL', message: 'careful' }],
      },
    ),
    nasty,
  );
  // The words that our code knows; a provider with others is refused by core.
  return {
    ...rest,
    intent: 'deploy',
    changes: changes.map((one) => ({ ...one, action: 'update', impact: ['restart'] })),
    notes: notes.map((one) => ({ ...one, level: 'warning' })),
  };
};

const formatters: Record<string, (nasty: () => string, style: Style) => string> = {
  plan: (nasty, style) => formatPlan(seenPlan(nasty), style),
  status: (nasty, style) => {
    const { state: _state, ...rest } = poisoned(summary(), nasty);
    return formatStatus({ ...rest, state: 'running' } as never, style, 0, { connect: 'sindri connect' } as never);
  },
  deploy: (nasty, style) =>
    formatDeploy(
      {
        ...{ schema: 'sindri.deploy/1', environment: 'demo', provider: 'fake', status: 'deployed' },
        ...{ plan: seenPlan(nasty), report: report(), summary: { ...poisoned(summary(), nasty), state: 'running' } },
        installation: null,
      },
      style,
      { status: 'sindri status' },
    ),
  destroy: (nasty, style) =>
    formatDestroy(
      {
        ...{ schema: 'sindri.destroy/1', environment: nasty(), provider: nasty(), status: 'destroyed' },
        ...{ plan: seenPlan(nasty), report: report(), kept: [nasty()], monthlySaved: 1, elapsedMs: 1 },
      },
      style,
    ),
  change: (nasty, style) =>
    formatChangeResult(
      {
        ...{ schema: 'sindri.change/1', environment: nasty(), provider: nasty(), intent: 'volume.extend' },
        ...{ status: 'applied', plan: seenPlan(nasty), report: report(), summary: summary({ region: nasty() }) },
      },
      style,
    ),
  keys: (nasty, style) =>
    formatKeys(
      {
        ...{ schema: 'sindri.keys/1', environment: nasty(), provider: nasty() },
        keys: [{ fingerprint: nasty(), type: nasty(), comment: nasty(), where: ['now'], fromConfig: true }],
      },
      style,
    ),
  doctor: (nasty, style) =>
    formatDoctor(
      {
        ok: false,
        items: [{ area: nasty(), id: 'x', title: nasty(), status: 'failed', message: nasty(), fix: nasty() }],
      } as never,
      style,
    ),
  providers: (nasty, style) =>
    formatProviderList(
      {
        schema: 'sindri.provider-list/1',
        providers: [
          {
            ...{ name: nasty(), title: nasty(), apiVersion: 1, origin: nasty(), capabilities: [nasty()], local: true },
            problem: { code: 'X', message: nasty(), hint: nasty() },
          },
        ],
      },
      style,
    ),
  validate: (nasty, style) =>
    formatValidate({ valid: false, file: nasty(), problems: [problem(nasty)] } as never, style),
  render: (nasty) =>
    formatRender({ artifacts: [{ name: nasty(), content: `x${nasty()}` }], written: [] } as never, undefined as never),
  power: (nasty, style) => formatPower({ environment: nasty(), before: nasty(), after: nasty() } as never, style),
  yaml: (nasty) => formatYaml({ [nasty()]: [nasty(), { [nasty()]: nasty() }] }),
  log: (nasty) =>
    formatLogLine({ timestamp: nasty(), source: nasty(), level: nasty(), instance: nasty(), message: nasty() }),
  conformance: (nasty, style) =>
    formatConformance(
      {
        ...{ provider: { name: nasty(), title: nasty(), apiVersion: 1 }, status: 'failed', passed: 0, failed: 1 },
        ...{
          skipped: 0,
          elapsedMs: 1,
          platform: 'none',
          next: nasty(),
          capabilities: [nasty()],
          power: [],
          sessionModes: [],
        },
        cases: [{ name: nasty(), status: 'failed', error: nasty(), notes: [nasty()], elapsedMs: 1 }],
      } as never,
      style,
    ),
};

function problem(nasty: () => string): ConfigProblem {
  return {
    ...poisoned({ path: 'a', message: 'b', hint: 'c', file: 'd' }, nasty),
    severity: 'error',
    code: 'X',
  } as never;
}

function open(color: boolean, mode: 'text' | 'json' | 'ndjson' = 'text') {
  const written = { stdout: '', stderr: '' };
  const stream = (name: 'stdout' | 'stderr'): TextStream => ({
    isTTY: true,
    write: (text: string) => (written[name] += text),
  });
  const output = createOutput({
    mode,
    stdout: stream('stdout'),
    stderr: stream('stderr'),
    env: color ? { TERM: 'xterm' } : { NO_COLOR: '1' },
    redactor: createRedactor(),
  });
  return { written, output };
}

/** What may be left: text, and the ten attributes of our own styles. */
function controlsIn(text: string, color: boolean): string[] {
  const rest = color ? text.replace(/\u001b\[(?:[12]|22|3[1256]|39)m/g, '') : text;
  return (
    rest.match(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g) ?? []
  );
}

describe.each([true, false])('with colours: %p', (color) => {
  it.each(Object.keys(formatters))('%s never lets a control through', (name) => {
    const format = formatters[name] as (typeof formatters)[string];
    const quiet = open(color);
    quiet.output.answer(null, (style) => format(() => '', style));
    const random = seeded(name.length);
    for (let round = 0; round < ROUNDS; round += 1) {
      const { written, output } = open(color);
      output.answer(null, (style) => format(() => nastyText(random), style));
      expect(controlsIn(written.stdout, color)).toEqual([]);
      expect(written.stderr).toBe('');
    }
    expect(quiet.written.stdout).not.toBe('');
  });

  it('nor does what is said, traced, or told of a failure', () => {
    const random = seeded(7);
    const nasty = (): string => nastyText(random);
    for (let round = 0; round < ROUNDS; round += 1) {
      const { written, output } = open(color);
      output.say(nasty());
      output.trace(output.style.dim(nasty()));
      output.stream((style) => style.red(nasty()));
      output.fail(new SindriError({ code: 'USAGE', kind: 'usage', message: `a${nasty()}`, hint: nasty() }));
      const problems = [problem(nasty)] as never;
      output.fail(new SindriError({ code: 'CONFIG_INVALID', kind: 'usage', message: 'a', details: { problems } }));
      expect(controlsIn(written.stdout + written.stderr, color)).toEqual([]);
    }
  });

  it('nor does progress', () => {
    const random = seeded(11);
    const nasty = (): string => nastyText(random);
    let written = '';
    const progress = createProgress({
      stream: { write: (text: string) => (written += text) },
      isTTY: false,
      now: () => 0,
      color,
      every: () => () => undefined,
    });
    for (let round = 0; round < ROUNDS; round += 1) {
      const events = [
        { type: 'phase.started', phase: 'look', title: nasty() },
        { type: 'phase.finished', phase: 'look', ok: true, elapsedMs: 1 },
        { type: 'change.started', change: 'app', title: nasty() },
        { type: 'change.progress', change: 'app', message: nasty() },
        { type: 'change.failed', change: 'app', error: { message: nasty() } },
        { type: 'change.skipped', change: nasty(), reason: nasty() },
        { type: 'notice', level: 'warning', message: nasty() },
        { type: 'log.line', source: nasty(), message: nasty() },
        { type: 'lock.waiting', holder: nasty(), resource: nasty() },
        { type: 'api.retry', reason: nasty(), delayMs: 1 },
      ];
      for (const event of events) progress.onEvent(event as unknown as SindriEvent);
    }
    progress.stop();
    expect(controlsIn(written, color)).toEqual([]);
    expect(written).not.toBe('');
  });
});

it('somebody who knows what our styles look like cannot make one', () => {
  const { written, output } = open(true);
  output.answer(null, (style) => `${style.red('✗')} \u001b[32m✓ deployed\u001b[39m`);
  expect(written.stdout).toBe('\u001b[31m✗\u001b[39m ✓ deployed\n');
});

it.each(['json', 'ndjson'] as const)('%s has no control, and means the same', (mode) => {
  const random = seeded(13);
  for (let round = 0; round < ROUNDS; round += 1) {
    const { written, output } = open(false, mode);
    const document = { text: nastyText(random), [nastyText(random)]: [nastyText(random)] };
    output.answer(document, () => '');
    expect(controlsIn(written.stdout.trimEnd(), false)).toEqual([]);
    expect(JSON.parse(written.stdout)).toEqual(document);
  }
});

it('a file is printed as it is where no terminal shows it', () => {
  let text = '';
  const stdout = { isTTY: false, write: (chunk: string) => (text += chunk) };
  const output = createOutput({ mode: 'text', stdout, stderr: stdout, env: {}, redactor: createRedactor() });
  const content = `value = "${'x'.repeat(5_000)}\u202e"\n`;
  output.answer(null, () => content, { verbatim: true });
  expect(text).toBe(content);
});

it('a secret that a control character cuts in two is hidden all the same', () => {
  let text = '';
  const stdout = { isTTY: true, write: (chunk: string) => (text += chunk) };
  const redactor = createRedactor(['hunter2-secret']);
  const output = createOutput({ mode: 'text', stdout, stderr: stdout, env: {}, redactor });
  output.answer(null, () => 'hunter2\u001b[0m-sec\u200bret');
  expect(text).not.toContain('hunter2');
});
