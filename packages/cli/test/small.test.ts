import { EventEmitter } from 'node:events';
import path from 'node:path';
import { SindriError, type ErrorKind } from '@sindri/core';
import { createEventRenderer, traceLine } from '../src/event-renderer';
import { capabilitiesOf } from '../src/terminal/capabilities';
import { exitCodeOf } from '../src/exit-codes';
import { silentExit, toFailure } from '../src/failure';
import { helpOf } from '../src/help-of';
import { watchInterrupts } from '../src/interrupts';
import { sortPluginSources } from '../src/plugin-sources';
import { nextCommand } from '../src/next-commands';
import type { Output } from '../src/output';
import { mayPrompt } from '../src/prompts';
import { createStyle, wantsColor } from '../src/style';

describe('the help of what was typed', () => {
  it.each([
    [['emulator', 'start', '--wrong'], 'sindri emulator start --help'],
    [['emulator', '--wrong'], 'sindri emulator --help'],
    [['status', 'dev'], 'sindri status --help'],
    [['--wrong'], 'sindri help'],
    [[], 'sindri help'],
  ])('%j', (argv, help) => expect(helpOf(argv)).toBe(help));
});

describe('exit codes', () => {
  it.each<[ErrorKind, number]>([
    ['usage', 2],
    ['refused', 3],
    ['auth', 4],
    ['incomplete', 5],
    ['transport', 5],
    ['policy', 6],
    ['cancelled', 130],
    ['internal', 1],
  ])('%s → %i', (kind, code) => expect(exitCodeOf(kind)).toBe(code));

  it('a broken way to a remote process is 255, everything else keeps its code', () => {
    expect(exitCodeOf('transport', { remote: true })).toBe(255);
    expect(exitCodeOf('auth', { remote: true })).toBe(4);
  });
});

describe('what plugins install is given', () => {
  const here = path.join(__dirname, '..');
  const file = `file:${path.join(here, 'package.json')}`;

  it.each([
    ['./test', { folders: [__dirname], words: [] }],
    ['test/', { folders: [__dirname], words: [] }],
    ['.', { folders: [here], words: [] }],
    ['file:test', { folders: [__dirname], words: [] }],
    [`file://${__dirname}`, { folders: [__dirname], words: [] }],
    [__dirname, { folders: [__dirname], words: [] }],
    ['../cli/package.json', { folders: [], words: [file] }],
    ['sindri-provider-x', { folders: [], words: ['sindri-provider-x'] }],
    ['@scope/x@1.0.0', { folders: [], words: ['@scope/x@1.0.0'] }],
    ['owner/repository', { folders: [], words: ['owner/repository'] }],
    ['https://example.com/x.tgz', { folders: [], words: ['https://example.com/x.tgz'] }],
    ['git+ssh://git@example.com/x.git', { folders: [], words: ['git+ssh://git@example.com/x.git'] }],
    ['--force', { folders: [], words: ['--force'] }],
  ])('%s', (word, sources) => expect(sortPluginSources([word], here)).toEqual(sources));

  it.each(['./nosuch', 'nosuch.tgz', 'file:nosuch'])('%s is not there', (word) =>
    expect(() => sortPluginSources([word], here)).toThrow(/^There is no .*nosuch.* here/),
  );
});

describe('interrupts', () => {
  it('the first asks, the second does not', () => {
    const source = new EventEmitter();
    const told: string[] = [];
    const interrupts = watchInterrupts({
      source: source as never,
      onFirst: () => told.push('first'),
      onSecond: () => told.push('second'),
    });
    expect(interrupts.signal.aborted).toBe(false);
    source.emit('SIGINT');
    expect(interrupts.signal.reason).toMatchObject({ code: 'OPERATION_CANCELLED', kind: 'cancelled' });
    source.emit('SIGTERM');
    expect(told).toEqual(['first', 'second']);
    interrupts.dispose();
    expect(source.eventNames()).toEqual([]);
  });

  it('where the terminal is gone what does not end is ended after a while', () => {
    const source = new EventEmitter();
    const [told, timers]: [string[], [number, () => void][]] = [[], []];
    watchInterrupts({
      source: source as never,
      onFirst: () => told.push('first'),
      onSecond: () => told.push('second'),
      later: (ms, then) => timers.push([ms, then]),
    });
    source.emit('SIGHUP', 'SIGHUP');
    expect([told, timers.map(([ms]) => ms)]).toEqual([['first'], [60_000]]);
    timers[0]?.[1]();
    expect(told).toEqual(['first', 'second']);
  });
});

describe('colour', () => {
  it.each<[boolean, Record<string, string>, boolean]>([
    [true, {}, true],
    [false, {}, false],
    [true, { NO_COLOR: '1' }, false],
    [true, { NO_COLOR: '' }, true],
    [true, { TERM: 'dumb' }, false],
    [false, { FORCE_COLOR: '1' }, true],
    [true, { FORCE_COLOR: '0' }, false],
    [false, { NO_COLOR: '1', FORCE_COLOR: '1' }, false],
  ])('terminal %p with %p: %p', (isTTY, env, wanted) => expect(wantsColor({ isTTY }, env)).toBe(wanted));

  it('ends what it begins, and leaves nothing around nothing', () => {
    expect(createStyle(true).red('x')).toBe('\u001b[31mx\u001b[39m');
    expect(createStyle(true).red('')).toBe('');
    expect(createStyle(false).red('x')).toBe('x');
  });
});

describe('prompts', () => {
  const terminal = { isTTY: true };
  it('need a terminal at both ends, and nobody who forbids them', () => {
    const base = { stdin: terminal, stderr: terminal, env: {}, noInput: false };
    expect(mayPrompt(base)).toBe(true);
    expect(mayPrompt({ ...base, stdin: {} })).toBe(false);
    expect(mayPrompt({ ...base, stderr: {} })).toBe(false);
    expect(mayPrompt({ ...base, noInput: true })).toBe(false);
    expect(mayPrompt({ ...base, env: { CI: 'true' } })).toBe(false);
    expect(mayPrompt({ ...base, env: { CI: 'false' } })).toBe(true);
  });
});

describe('failures', () => {
  const framework = (message: string, rest: object) => Object.assign(new Error(message), { oclif: { exit: 2 } }, rest);

  it('an error of ours stays as it is', () => {
    const error = new SindriError({ code: 'USAGE', kind: 'usage', message: 'x' });
    expect(toFailure(error, 'help')).toBe(error);
  });

  it('a bad command line becomes usage, with the nearest option', () => {
    const parse = { input: { flags: { yes: {}, json: {} } } };
    const error = framework('Nonexistent flag: --yess\nSee more help with --help', { flags: ['--yess'], parse });
    expect(toFailure(error, 'sindri deploy --help')).toMatchObject({
      code: 'USAGE',
      kind: 'usage',
      message: 'There is no option --yess.',
      hint: 'Did you mean --yes? All options: sindri deploy --help',
    });
  });

  it('loses the decoration of the framework', () => {
    const error = framework(
      'Parsing --timeout \n\t\u001b[31mexpected a duration\u001b[39m\nSee more help with --help',
      {},
    );
    expect(toFailure(error, 'sindri deploy --help')).toMatchObject({
      message: '--timeout: expected a duration.',
      hint: 'See: sindri deploy --help',
    });
  });

  it('a command of a plugin chooses its status', () => {
    const error = Object.assign(new Error('Port taken'), { oclif: { exit: 3 } });
    expect(toFailure(error, 'help')).toMatchObject({ code: 'COMMAND_FAILED', kind: 'refused', message: 'Port taken.' });
  });

  it('anything else is a bug', () => {
    expect(toFailure(new TypeError('x is not a function'), 'help')).toMatchObject({
      code: 'UNEXPECTED',
      kind: 'internal',
    });
    expect(toFailure('thrown text', 'help')).toMatchObject({ code: 'UNEXPECTED', message: 'thrown text' });
  });

  it('knows the framework leaving without a message', () => {
    expect(silentExit(Object.assign(new Error(), { code: 'EEXIT', oclif: { exit: 3 } }))).toBe(3);
    expect(silentExit(new Error())).toBeNull();
    expect(silentExit(undefined)).toBeNull();
  });
});

describe('events', () => {
  const request = {
    type: 'api.request',
    method: 'GET',
    path: '/v1/apps/demo',
    status: 200,
    elapsedMs: 33.7,
    attempt: 2,
    requestId: 'r1',
  } as const;

  it('a request has a line in the trace, most others have none', () => {
    expect(traceLine(request)).toBe('debug GET /v1/apps/demo → 200 in 34 ms, attempt 2, request r1');
    expect(traceLine({ ...request, status: undefined, attempt: 1, requestId: undefined, error: 'ECONNREFUSED' })).toBe(
      'debug GET /v1/apps/demo → ECONNREFUSED in 34 ms',
    );
    expect(
      traceLine({ type: 'api.retry', method: 'GET', path: '/v1/apps/demo', reason: '429', delayMs: 1000, attempt: 2 }),
    ).toBe('debug GET /v1/apps/demo: 429, next try in 1000 ms');
    expect(traceLine({ type: 'phase.started', phase: 'observe', title: 'Look' })).toBeNull();
  });

  function rendered(mode: 'text' | 'ndjson', { debug = false, onlyWaits = false } = {}) {
    const lines: unknown[] = [];
    const traces: string[] = [];
    const progress: string[] = [];
    const output = {
      mode,
      followed: mode === 'text',
      stderrIsTerminal: false,
      style: createStyle(false),
      line: (document: unknown) => mode === 'ndjson' && lines.push(document),
      trace: (text: string) => traces.push(text),
    } as unknown as Output;
    const stderr = { write: (text: string) => progress.push(text) } as unknown as NodeJS.WriteStream;
    const renderer = createEventRenderer({
      output,
      stderr,
      stdout: stderr,
      spell: (text) => text,
      capabilities: capabilitiesOf(stderr, {}),
      debug,
      onlyWaits,
      now: () => 0,
    });
    renderer.emit({ type: 'phase.started', phase: 'observe', title: 'Look at what exists' });
    renderer.emit(request);
    renderer.emit({ type: 'notice', level: 'info', code: 'A', message: 'good to know' });
    renderer.emit({ type: 'notice', level: 'warning', code: 'B', message: 'this may take long' });
    renderer.pause();
    return { lines, traces, progress: progress.join('') };
  }

  it('are lines with the time in ndjson, without progress', () => {
    const { lines, progress } = rendered('ndjson');
    expect(lines).toEqual([
      { at: '1970-01-01T00:00:00.000Z', type: 'phase.started', phase: 'observe', title: 'Look at what exists' },
      { at: '1970-01-01T00:00:00.000Z', ...request },
      { at: '1970-01-01T00:00:00.000Z', type: 'notice', level: 'info', code: 'A', message: 'good to know' },
      { at: '1970-01-01T00:00:00.000Z', type: 'notice', level: 'warning', code: 'B', message: 'this may take long' },
    ]);
    expect(progress).toBe('');
  });

  it('are progress for people, with a trace only when asked for', () => {
    expect(rendered('text').progress).toContain('Look at what exists');
    expect(rendered('text').traces).toEqual([]);
    expect(rendered('text', { debug: true }).traces).toHaveLength(1);
  });

  it('leave stderr to the process that is going to run, but for warnings', () => {
    expect(rendered('text', { onlyWaits: true })).toMatchObject({
      progress: '',
      traces: ['warning: this may take long'],
    });
  });
});

it('the next command leads to the same environment', () => {
  expect(nextCommand('connect', { local: false })).toBe('sindri connect');
  expect(nextCommand('connect', { local: true, config: 'a.yaml' })).toBe('sindri connect --local -c a.yaml');
});
