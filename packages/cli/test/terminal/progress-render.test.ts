import type { SindriEvent } from '@sindri/core';
import { render, renderLine, renderPlainLine } from '../../src/terminal/progress-render.js';
import { advance, idle, type ProgressLine, type ProgressState } from '../../src/terminal/progress-state.js';
import { displayWidth } from '../../src/terminal/text-width.js';

const look = { color: false, unicode: true };

function play(...events: [number, SindriEvent][]): { state: ProgressState; lines: ProgressLine[] } {
  const lines: ProgressLine[] = [];
  let state = idle;
  for (const [now, event] of events) {
    const next = advance(state, event, now);
    state = next.state;
    lines.push(...next.lines);
  }
  return { state, lines };
}
const started = (change: string, title = `Create ${change}`): SindriEvent => ({
  type: 'change.started',
  change,
  title,
});

test('running steps: spinner, title, what it waits for, elapsed time', () => {
  const { state } = play(
    [0, started('app')],
    [500, started('volume', 'Create volume home_data')],
    [600, { type: 'change.progress', change: 'volume', message: 'waiting for the host' }],
  );
  expect(render(state, 1_700, 60)).toEqual([
    '⠧ Create app  1.7 s',
    '⠹ Create volume home_data  waiting for the host  1.2 s',
  ]);
  // Nothing but the time and the spinner depends on now.
  expect(render(state, 1_700, 60)).toEqual(render(state, 1_700, 60));
});

test.each<[{ done: number; total: number | null; unit: 'bytes' | 'steps' }, string]>([
  [{ done: 12_897_485, total: 41_943_040, unit: 'bytes' }, 'pulling 12.3 of 40.0 MB (30 %)'],
  [{ done: 12_897_485, total: null, unit: 'bytes' }, 'pulling 12.3 MB'],
  [{ done: 3, total: 8, unit: 'steps' }, 'pulling 3 of 8 (37 %)'],
  [{ done: 3, total: 0, unit: 'steps' }, 'pulling 3'],
])('an amount is shown with the step: %p', (progress, text) => {
  const { state } = play(
    [0, started('image')],
    [0, { type: 'change.progress', change: 'image', message: 'pulling', progress }],
  );
  expect(render(state, 0, 80)).toEqual([`⠋ Create image  ${text}  0.0 s`]);
});

test.each([200, 80, 61, 40, 39, 20, 8, 3, 1])('no line is wider than %d columns', (width) => {
  const { state } = play(
    [0, started('a', 'A rather long title that says 日本語 and more than fits on a narrow terminal')],
    [0, { type: 'change.progress', change: 'a', message: 'an equally long explanation of what it is waiting for' }],
    [0, { type: 'lock.waiting', resource: 'machine m1', holder: 'somebody@example.com', description: 'a deploy' }],
  );
  for (const line of render(state, 100_000, width)) expect(displayWidth(line)).toBeLessThanOrEqual(width);
  expect(render(state, 0, width)).toHaveLength(2);
});

test('more steps than rows', () => {
  const { state } = play(...Array.from({ length: 9 }, (_, i): [number, SindriEvent] => [0, started(`step ${i}`)]));
  const lines = render(state, 0, 80, look, 4);
  expect(lines).toHaveLength(4);
  expect(lines.at(-1)).toBe('  and 6 more');
});

test('a retry is shown while it lasts, a lock until a step ends', () => {
  const retry: SindriEvent = {
    type: 'api.retry',
    method: 'GET',
    path: '/v1/apps',
    reason: 'The API is busy',
    delayMs: 2_000,
    attempt: 1,
  };
  const retrying = play([0, started('app')], [1_000, retry]);
  expect(render(retrying.state, 2_999, 80)).toContain('… The API is busy; trying again in 2.0 s');
  expect(render(retrying.state, 3_000, 80)).toHaveLength(1);

  const lock: SindriEvent = { type: 'lock.waiting', resource: 'machine m1', holder: 'bob', expiresAt: '12:00' };
  const waiting = play([0, started('app')], [0, lock], [1_000, lock]);
  expect(render(waiting.state, 99_000, 80)).toContain(
    '… Waiting for bob, who holds the lock on machine m1, until 12:00 at the latest',
  );
  expect(waiting.lines.filter(({ kind }) => kind === 'waiting')).toHaveLength(1);
  const after = advance(waiting.state, { type: 'change.applied', change: 'app', elapsedMs: 5 }, 2_000);
  expect(render(after.state, 2_000, 80)).toEqual([]);
});

test('what stays, on a terminal and in a log', () => {
  const { lines } = play(
    [0, { type: 'phase.started', phase: 'observe', title: 'Look at what exists' }],
    [0, { type: 'phase.finished', phase: 'observe', elapsedMs: 420, ok: true }],
    // A second look at the same time, of which a line has been said.
    [0, { type: 'phase.finished', phase: 'observe', elapsedMs: 430, ok: true }],
    [0, started('app')],
    [0, { type: 'change.progress', change: 'app', message: 'one moment' }],
    [0, { type: 'change.progress', change: 'app', message: 'one moment' }],
    [0, { type: 'change.applied', change: 'app', elapsedMs: 12_000 }],
    [0, { type: 'change.skipped', change: 'volume', reason: 'needs app, which failed' }],
    [0, started('machine')],
    [
      0,
      {
        type: 'change.failed',
        change: 'machine',
        error: { code: 'FLY_CAPACITY', kind: 'refused', message: 'No room in sjc.', retryable: false, details: {} },
      },
    ],
    [0, { type: 'notice', level: 'warning', code: 'X', message: 'This costs money.' }],
    [0, { type: 'notice', level: 'info', code: 'X', message: 'By the way.' }],
    [0, { type: 'log.line', source: 'app', message: '\u001b[2Jbooted' }],
  );
  expect(lines.filter(({ plainOnly }) => !plainOnly).map((line) => renderLine(line, look))).toEqual([
    '✓ Look at what exists  0.4 s',
    '✓ Create app  12 s',
    '– volume  needs app, which failed',
    '✗ Create machine: No room in sjc.',
    '! This costs money.',
    'i By the way.',
    '│ app: booted',
  ]);
  expect(lines.map((line) => renderPlainLine(line, look))).toEqual([
    'Look at what exists …',
    'Look at what exists: done in 0.4 s',
    'Create app …',
    'Create app: one moment',
    'Create app: done in 12 s',
    'volume: skipped, needs app, which failed',
    'Create machine …',
    'Create machine: failed, No room in sjc.',
    'warning: This costs money.',
    'By the way.',
    'app: booted',
  ]);
});

test('without Unicode everything is ASCII', () => {
  const { state, lines } = play(
    [0, started('app')],
    [0, { type: 'lock.waiting', resource: 'machine m1', holder: 'bob' }],
    [0, { type: 'change.skipped', change: 'x', reason: 'there already' }],
  );
  const ascii = { color: false, unicode: false };
  const all = [
    ...render(state, 700, 80, ascii),
    ...lines.flatMap((line) => [renderLine(line, ascii), renderPlainLine(line, ascii)]),
  ];
  for (const line of all) expect(line).toMatch(/^[\x20-\x7e]*$/);
});

test('the end of an operation clears what still runs, and other events change nothing', () => {
  const { state } = play([0, started('app')]);
  const request: SindriEvent = { type: 'api.request', method: 'GET', path: '/', elapsedMs: 1, attempt: 1 };
  expect(advance(state, request, 0)).toEqual({ state, lines: [] });
  const end: SindriEvent = {
    type: 'operation.finished',
    operation: 'deploy',
    environment: 'x',
    status: 'cancelled',
    elapsedMs: 1,
  };
  expect(advance(state, end, 0).state).toEqual(idle);
});
