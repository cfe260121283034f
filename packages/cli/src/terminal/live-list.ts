import type { SindriEvent } from '@sindri/core';
import { plainBlanks } from '../commands-in-text.js';
import { foldText } from './fold.js';
import { beforeOthersWrite, type SharedStream } from './other-writers.js';
import { plainText } from './outside-text.js';
import { createPainter } from './painter.js';
import { render, renderLine, renderPlainLine, type Look } from './progress-render.js';
import { advance, idle, type ProgressLine, type ProgressState, type RunningStep } from './progress-state.js';

/** Where progress goes: a terminal, or any other writable. */
export interface ProgressStream {
  write(text: string): unknown;
  columns?: number;
  rows?: number;
  on?(event: 'resize', listener: () => void): unknown;
  off?(event: 'resize', listener: () => void): unknown;
}

export interface ProgressOptions {
  stream: ProgressStream;
  /** Other streams that lead to the same terminal. */
  alsoWritten?: readonly SharedStream[];
  /** Spells commands as this person types them. Default: as they are. */
  spell?(text: string): string;
  /** Redraw in place. Without it each event that matters gets a line of its own. */
  isTTY: boolean;
  /** Milliseconds; only differences matter. */
  now(): number;
  color: boolean;
  /** Tell only what somebody waits for: the stream belongs to a process that is going to run. Only without `isTTY`. */
  onlyWaits?: boolean;
  /** Default `true`. */
  unicode?: boolean;
  /** The width when the stream does not tell. Default 80. */
  columns?: number;
  /** Calls `tick` every `ms` until the returned function is called. Default: a timer that keeps no process alive. */
  every?(ms: number, tick: () => void): () => void;
  /** Calls `listener` when the process exits, so that the cursor comes back. Default: `process`. */
  onExit?(listener: () => void): () => void;
}

/** Shows what an operation reports. */
export interface Progress {
  onEvent(event: SindriEvent): void;
  /**
   * What is waited for while no step runs: shown on a terminal as soon as it lasts, until {@link Progress.stop}.
   */
  working(title: string): void;
  /**
   * Removes the live list and gives the cursor back, so that something else can write. The next event brings the list back; steps
   * that run are remembered.
   */
  stop(): void;
  /** Something is drawn in place. */
  readonly isDrawn: boolean;
}

const FRAME_MS = 100;
/** A step that takes less than this is told in one line. */
const QUICK_MS = 1_000;
/** How often a count is told where each time is a line of its own. */
const COUNT_EVERY_MS = 10_000;
/** What takes less than this is not worth a line that comes and goes. */
const UNNOTICED_MS = 300;
const DEFAULT_COLUMNS = 80;
const DEFAULT_ROWS = 24;

/** A live list with spinners and elapsed time on a terminal, plain lines elsewhere. A phase that was quick leaves no line in either. */
export function createProgress(options: ProgressOptions): Progress {
  const look: Look = { color: options.color, unicode: options.unicode ?? true };
  return options.isTTY ? liveProgress(options, look) : plainProgress(options, look);
}

/**
 * That a step has begun, or what it waits for, is worth a line only when it lasts: a quick step is told once, when it is done. A quick
 * phase is not told, its steps are, or its answer follows; that one has failed is, when it had steps.
 */
function plainProgress(options: ProgressOptions, look: Look): Progress {
  const { stream, now, every = timer, onlyWaits = false, spell = asItIs } = options;
  let state: ProgressState = idle;
  /** `told`: how many lines there were when it was held back. */
  let held: { line: ProgressLine; sinceMs: number; told: number }[] = [];
  /** When a count of a step was last told, by the step's title. */
  const counted = new Map<string, number>();
  let stopTicking: (() => void) | null = null;
  let written = 0;
  const write = (line: ProgressLine) => {
    written += 1;
    void stream.write(`${plainBlanks(spelled(line, renderPlainLine(line, look), spell))}\n`);
  };

  const tell = (isDue: (sinceMs: number) => boolean) => {
    for (const { line } of held.filter(({ sinceMs }) => isDue(sinceMs))) {
      if (line.counting === true) counted.set(line.text, now());
      write(line);
    }
    held = held.filter(({ sinceMs }) => !isDue(sinceMs));
    if (held.length > 0) return;
    stopTicking?.();
    stopTicking = null;
  };
  const hold = (line: ProgressLine, sinceMs = now()) => {
    held.push({ line, sinceMs, told: written });
    stopTicking ??= every(QUICK_MS / 2, () => tell((sinceMs) => now() - sinceMs >= QUICK_MS));
  };

  /** A count that changes faster than it is told keeps its place in the queue, or it would never be told. */
  const holdCount = (line: ProgressLine, before: (typeof held)[number] | undefined) => {
    const told = counted.get(line.text);
    hold(line, Math.max(before?.sinceMs ?? now(), told === undefined ? 0 : told + COUNT_EVERY_MS - QUICK_MS));
  };

  return {
    onEvent(event) {
      const next = advance(state, event, now());
      state = next.state;
      for (const line of next.lines) {
        // Whatever is said of a step now replaces what was held back about it.
        const before = held.find((other) => other.line.text === line.text);
        held = held.filter((other) => other.line.text !== line.text);
        if (line.counting === true) holdCount(line, before);
        else if (line.kind === 'started' || line.kind === 'detail') hold(line);
        else {
          counted.delete(line.text);
          const isUntold = line.phase === true && before?.line.kind === 'started';
          if (isUntold && (line.kind === 'done' || before.told === written)) continue;
          if (!onlyWaits || line.kind === 'waiting' || line.kind === 'warning') write(line);
        }
      }
      tell(() => false);
    },
    working: () => undefined,
    isDrawn: false,
    stop() {
      if (onlyWaits) held = [];
      tell(() => true);
    },
  };
}

function liveProgress(options: ProgressOptions, look: Look): Progress {
  const { stream, now } = options;
  const every = options.every ?? timer;
  const onExit = options.onExit ?? processExit;
  const { spell = asItIs, alsoWritten = [] } = options;
  const painter = createPainter({ write: (text) => (own ?? stream).write(text) });
  /** While something is drawn in place. */
  let own: { write(text: string): unknown } | null = null;
  const columns = () => stream.columns || options.columns || DEFAULT_COLUMNS;
  // The last column stays free: many terminals wrap as soon as it is written. The last row holds the cursor.
  const frame = () => render(seen(), now(), columns() - 1, look, (stream.rows || DEFAULT_ROWS) - 1);
  let working: RunningStep | null = null;
  const seen = (): ProgressState => {
    if (working === null || state.running.length > 0 || now() - working.startedAtMs < UNNOTICED_MS) return state;
    return { ...state, running: [working] };
  };
  const active = () => {
    if (working !== null) return true;
    const { running, remark } = state;
    return running.length > 0 || (remark !== null && (remark.untilMs === null || now() < remark.untilMs));
  };
  const repaint = () => (active() ? painter.paint([], frame(), columns()) : stop());
  let state: ProgressState = idle;
  let release: (() => void) | null = null;

  const begin = () => {
    if (release !== null) return;
    const stopTicking = every(FRAME_MS, repaint);
    const forgetExit = onExit(() => painter.clear(columns()));
    const watched = [stream, ...alsoWritten].map((one) =>
      beforeOthersWrite(one as SharedStream, () => painter.clear(columns())),
    );
    own = watched[0] ?? null;
    stream.on?.('resize', repaint);
    release = () => {
      for (const one of watched) one.release();
      own = null;
      stopTicking();
      forgetExit();
      stream.off?.('resize', repaint);
    };
  };

  return {
    onEvent(event) {
      const next = advance(state, event, now());
      state = next.state;
      const lines = next.lines
        .filter((line) => line.plainOnly !== true && !isQuickPhase(line))
        .flatMap((line) => foldText(spelled(line, renderLine(line, look), spell), columns()).split('\n'));
      if (active()) begin();
      if (lines.length > 0 || active()) painter.paint(lines, active() ? frame() : [], columns());
      if (!active()) stop();
    },
    working(title) {
      working = { key: 'working', title: plainText(title), startedAtMs: now(), detail: null };
      begin();
      repaint();
    },
    stop,
    get isDrawn() {
      return release !== null;
    },
  };

  function stop(): void {
    working = null;
    release?.();
    release = null;
    painter.clear(columns());
  }
}

/** Its steps are told, or its answer follows. */
function isQuickPhase({ phase, kind, elapsedMs = QUICK_MS }: ProgressLine): boolean {
  return phase === true && kind === 'done' && elapsedMs < QUICK_MS;
}

/** Lines of a log are somebody else's. */
function spelled({ kind }: ProgressLine, text: string, spell: (text: string) => string): string {
  return kind === 'log' ? text : spell(text);
}

function asItIs(text: string): string {
  return text;
}

function timer(ms: number, tick: () => void): () => void {
  const handle = setInterval(tick, ms);
  handle.unref();
  return () => clearInterval(handle);
}

function processExit(listener: () => void): () => void {
  process.once('exit', listener);
  return () => process.off('exit', listener);
}
