import type { SindriEvent } from '@sindri/core';
import { createProgress, type Progress } from '../../src/terminal/live-list.js';
import { VirtualScreen } from './fixtures/virtual-screen.js';

interface Stage {
  screen: VirtualScreen;
  progress: Progress;
  /** Lets time pass, frame by frame. */
  pass(ms: number): void;
  ticking(): boolean;
  exit(): void;
}

function setUp(columns = 60, rows = 24): Stage {
  const screen = new VirtualScreen(columns, rows);
  let now = 0;
  let tick: (() => void) | null = null;
  let onExit: (() => void) | null = null;
  const progress = createProgress({
    stream: screen,
    isTTY: true,
    now: () => now,
    color: false,
    every(_ms, listener) {
      tick = listener;
      return () => (tick = null);
    },
    onExit(listener) {
      onExit = listener;
      return () => (onExit = null);
    },
  });
  return {
    screen,
    progress,
    pass(ms) {
      for (let passed = 0; passed < ms; passed += 100) {
        now += 100;
        tick?.();
      }
    },
    ticking: () => tick !== null,
    exit: () => onExit?.(),
  };
}

const start = (change: string, title = change): SindriEvent => ({ type: 'change.started', change, title });
const done = (change: string): SindriEvent => ({ type: 'change.applied', change, elapsedMs: 1_000 });

test('running steps are redrawn in place; finished ones stay above', () => {
  const { screen, progress, pass } = setUp();
  screen.write('$ sindri deploy\n');
  progress.onEvent(start('app', 'Create app'));
  progress.onEvent(start('volume', 'Create volume'));
  pass(1_000);
  expect(screen.shown).toEqual(['$ sindri deploy', '⠋ Create app  1.0 s', '⠋ Create volume  1.0 s']);
  progress.onEvent(done('app'));
  pass(500);
  expect(screen.shown).toEqual(['$ sindri deploy', '✓ Create app  1.0 s', '⠴ Create volume  1.5 s']);
  progress.onEvent(done('volume'));
  expect(screen.shown).toEqual(['$ sindri deploy', '✓ Create app  1.0 s', '✓ Create volume  1.0 s']);
});

test('the cursor is hidden while something moves, and comes back', () => {
  const { screen, progress, ticking } = setUp();
  progress.onEvent(start('app'));
  expect([screen.cursorVisible, ticking(), screen.listeners]).toEqual([false, true, 1]);
  progress.onEvent(done('app'));
  expect([screen.cursorVisible, ticking(), screen.listeners]).toEqual([true, false, 0]);
});

test('it comes back when the process exits in the middle', () => {
  const { screen, progress, exit } = setUp();
  progress.onEvent(start('app'));
  exit();
  expect([screen.cursorVisible, screen.shown]).toEqual([true, []]);
});

test('stop clears the list; the next event brings it back with what still runs', () => {
  const { screen, progress, ticking } = setUp();
  progress.onEvent(start('app', 'Create app'));
  progress.stop();
  progress.stop();
  expect([screen.shown, screen.cursorVisible, ticking()]).toEqual([[], true, false]);
  screen.write('Really? yes\n');
  progress.onEvent(start('volume', 'Create volume'));
  expect(screen.shown).toEqual(['Really? yes', '⠋ Create app  0.0 s', '⠋ Create volume  0.0 s']);
});

test('each frame is one write, and a frame like the last one is none', () => {
  const { screen, progress, pass } = setUp();
  progress.onEvent(start('app'));
  const before = screen.writes.length;
  pass(300);
  expect(screen.writes.length - before).toBe(3);
  for (const frame of screen.writes) expect(frame).toMatch(/^\u001b\[\?2026h[^]*\u001b\[\?2026l$/);
  progress.onEvent({ type: 'api.request', method: 'GET', path: '/', elapsedMs: 1, attempt: 1 });
  expect(screen.writes.length - before).toBe(3);
});

test('lines that stay may be longer than the terminal is wide', () => {
  const { screen, progress, pass } = setUp(20);
  progress.onEvent(start('app'));
  progress.onEvent({ type: 'notice', level: 'warning', code: 'X', message: 'a warning that needs more than one row' });
  pass(200);
  expect(screen.shown).toEqual(['! a warning that', '  needs more than', '  one row', '⠹ app']);
});

test('what somebody else prints meanwhile leaves no stray line behind', () => {
  const { screen, progress, pass } = setUp(80, 400);
  progress.onEvent({ type: 'phase.started', phase: 'observe', title: 'Look at what exists' });
  pass(100);
  screen.write('(node:7) a warning\n');
  pass(1_300);
  progress.onEvent({ type: 'phase.finished', phase: 'observe', ok: true, elapsedMs: 1_400 });
  expect(screen.shown).toEqual(['(node:7) a warning', '✓ Look at what exists  1.4 s']);
  // The stream is left as it was.
  expect(screen.write.toString()).toBe(VirtualScreen.prototype.write.toString());
});

test('what is waited for is told while no step runs, as soon as it lasts', () => {
  const { screen, progress, pass, ticking } = setUp();
  progress.working('Stop demo');
  pass(200);
  expect(screen.shown).toEqual([]);
  pass(1_000);
  expect(screen.shown).toEqual(['⠹ Stop demo  1.2 s']);
  progress.onEvent(start('machine', 'Stopping the machine'));
  expect(screen.shown).toEqual(['⠋ Stopping the machine  0.0 s']);
  progress.onEvent(done('machine'));
  pass(300);
  expect(screen.shown).toEqual(['✓ Stopping the machine  1.0 s', '⠴ Stop demo  1.5 s']);
  progress.stop();
  expect([screen.shown, ticking(), screen.cursorVisible]).toEqual([['✓ Stopping the machine  1.0 s'], false, true]);
});

test('commands in what stays are spelled as this person types them', () => {
  const screen = new VirtualScreen(60);
  const spell = (text: string) => text.replace('sindri plan', './sindri\u00a0plan');
  const progress = createProgress({ stream: screen, isTTY: true, now: () => 0, color: false, spell });
  progress.onEvent({ type: 'notice', level: 'info', code: 'X', message: 'See: sindri plan' });
  expect(screen.shown).toEqual(['i See: ./sindri plan']);
});

test.each([15, 33, 45, 120])('nothing is left behind when the terminal becomes %d columns wide', (columns) => {
  const { screen, progress, pass } = setUp(60);
  screen.write('before\n');
  progress.onEvent(start('a', 'A step with a title that takes up most of the line'));
  progress.onEvent(start('b', 'Another step with a title of that kind'));
  pass(300);
  screen.resize(columns);
  pass(300);
  expect(screen.shown).toHaveLength(3);
  expect(screen.shown[0]).toBe('before');
  for (const row of screen.shown.slice(1)) expect(row.length).toBeLessThan(columns);
  progress.onEvent(done('a'));
  progress.onEvent(done('b'));
  expect(screen.shown.join('').replaceAll(' ', '')).toMatch(/✓Anotherstepwithatitleofthatkind1\.0s$/);
});

test('more steps than rows do not scroll the list apart', () => {
  const { screen, progress, pass } = setUp(60, 5);
  for (let i = 0; i < 12; i += 1) progress.onEvent(start(`step ${i}`));
  pass(500);
  expect(screen.shown).toHaveLength(4);
  expect(screen.shown.at(-1)).toBe('  and 9 more');
  for (let i = 0; i < 12; i += 1) progress.onEvent(done(`step ${i}`));
  expect(screen.shown).toHaveLength(12);
});

test('a quick phase leaves no line: its answer follows; one that lasted does, and one that failed', () => {
  const { screen, progress } = setUp();
  const look = { type: 'phase.started', phase: 'dial', title: 'Dial' } as const;
  const end = { type: 'phase.finished', phase: 'dial' } as const;
  progress.onEvent(look);
  expect(screen.shown).toEqual(['⠋ Dial  0.0 s']);
  progress.onEvent({ ...end, ok: true, elapsedMs: 900 });
  expect(screen.shown).toEqual([]);
  progress.onEvent(look);
  progress.onEvent({ ...end, ok: true, elapsedMs: 1_000 });
  progress.onEvent(look);
  progress.onEvent({ ...end, ok: false, elapsedMs: 10 });
  expect(screen.shown).toEqual(['✓ Dial  1.0 s', expect.stringMatching(/^✗ Dial/)]);
});

test('a remark alone disappears when it is over', () => {
  const { screen, progress, pass, ticking } = setUp();
  progress.onEvent({ type: 'api.retry', method: 'GET', path: '/', reason: 'busy', delayMs: 500, attempt: 1 });
  expect(screen.shown).toEqual(['… busy; trying again in 0.5 s']);
  pass(600);
  expect([screen.shown, screen.cursorVisible, ticking()]).toEqual([[], true, false]);
});

describe('off a terminal', () => {
  function plain(onlyWaits = false) {
    const lines: string[] = [];
    const time = { ms: 0, tick: null as (() => void) | null };
    const progress = createProgress({
      stream: { write: (text: string) => lines.push(text) },
      isTTY: false,
      onlyWaits,
      now: () => time.ms,
      color: false,
      every: (_ms, tick) => {
        time.tick = tick;
        return () => (time.tick = null);
      },
    });
    return { lines, time, progress };
  }

  test('before a process that is going to run, only a wait is told, within two seconds', () => {
    const { lines, time, progress } = plain(true);
    progress.onEvent({ type: 'phase.started', phase: 'look', title: 'Look at what exists' });
    progress.onEvent({ type: 'phase.finished', phase: 'look', ok: true, elapsedMs: 300 });
    progress.onEvent({ type: 'phase.started', phase: 'wake', title: 'Wait until SSH answers' });
    time.ms = 1_500;
    time.tick?.();
    expect(lines).toEqual(['Wait until SSH answers …\n']);
    progress.onEvent({ type: 'phase.started', phase: 'log-in', title: 'Log in' });
    progress.stop();
    expect(lines).toHaveLength(1);
    expect(time.tick).toBeNull();
  });

  test('a quick step is one line, without control characters, and leaves no timer', () => {
    const { lines, time, progress } = plain();
    progress.onEvent(start('app', 'Create app'));
    progress.onEvent({ type: 'change.progress', change: 'app', message: 'almost there' });
    progress.onEvent(done('app'));
    progress.stop();
    expect(lines).toEqual(['Create app: done in 1.0 s\n']);
    expect(time.tick).toBeNull();
  });

  test('a quick phase is not told: its answer follows; one that lasts is', () => {
    const { lines, time, progress } = plain();
    const look = { type: 'phase.started', phase: 'observe', title: 'Look at what exists' } as const;
    const end = { type: 'phase.finished', phase: 'observe', elapsedMs: 1_000 } as const;
    for (const ok of [true, false]) {
      progress.onEvent(look);
      progress.onEvent({ ...end, ok });
    }
    expect([lines, time.tick]).toEqual([[], null]);
    progress.onEvent(look);
    time.ms = 1_000;
    time.tick?.();
    progress.onEvent({ ...end, ok: true });
    expect(lines).toEqual(['Look at what exists …\n', 'Look at what exists: done in 1.0 s\n']);
  });

  test('a step that lasts says that it has begun, and what it waits for', () => {
    const { lines, time, progress } = plain();
    progress.onEvent(start('app', 'Create app'));
    time.ms = 1_000;
    time.tick?.();
    expect(lines).toEqual(['Create app …\n']);
    progress.onEvent({ type: 'change.progress', change: 'app', message: 'almost there' });
    time.ms = 2_000;
    time.tick?.();
    progress.onEvent(done('app'));
    expect(lines).toEqual(['Create app …\n', 'Create app: almost there\n', 'Create app: done in 1.0 s\n']);
    expect(time.tick).toBeNull();
  });

  test('a count that never rests is told now and then', () => {
    const { lines, time, progress } = plain();
    progress.onEvent(start('image', 'Pull image'));
    for (let step = 0; step < 250; step += 1) {
      const amount = { done: step * 1_048_576, total: null, unit: 'bytes' } as const;
      progress.onEvent({ type: 'change.progress', change: 'image', message: 'pulling', progress: amount });
      time.ms += 100;
      if (step % 5 === 4) time.tick?.();
    }
    progress.onEvent(done('image'));
    expect(lines).toEqual([
      'Pull image: pulling 9.0 MB\n',
      'Pull image: pulling 109.0 MB\n',
      'Pull image: pulling 209.0 MB\n',
      'Pull image: done in 1.0 s\n',
    ]);
    expect(time.tick).toBeNull();
  });

  test('before something else is written, what runs is told', () => {
    const { lines, progress } = plain();
    progress.onEvent(start('app', 'Create app'));
    progress.stop();
    expect(lines).toEqual(['Create app …\n']);
  });
});

test('the default timer keeps no process alive and ends with the work', () => {
  jest.useFakeTimers();
  try {
    const screen = new VirtualScreen(40);
    const progress = createProgress({ stream: screen, isTTY: true, now: Date.now, color: true });
    progress.onEvent(start('app'));
    const before = screen.writes.length;
    jest.advanceTimersByTime(250);
    expect(screen.writes.length).toBe(before + 2);
    progress.stop();
    expect(jest.getTimerCount()).toBe(0);
  } finally {
    jest.useRealTimers();
  }
});

test('of a list that begins in the first row nothing is left in the history of the terminal', () => {
  const { screen, progress, pass } = setUp();
  progress.onEvent(start('app', 'Create app'));
  pass(500);
  progress.onEvent(done('app'));
  progress.onEvent(start('volume', 'Create volume'));
  pass(500);
  progress.stop();
  expect(screen.shown).toEqual(['✓ Create app  1.0 s']);
  expect(screen.history).toEqual([]);
});
