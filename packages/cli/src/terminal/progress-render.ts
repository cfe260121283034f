import { createStyle, type Style } from '../style.js';
import { formatElapsed } from './elapsed.js';
import type { LineKind, ProgressLine, ProgressState, RunningStep } from './progress-state.js';
import { displayWidth, fitText } from './text-width.js';

/** How lines look. */
export interface Look {
  color: boolean;
  /** Symbols beyond ASCII may be used. */
  unicode: boolean;
}

const FRAME_MS = 100;
const frames = { unicode: ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'], ascii: ['|', '/', '-', '\\'] };

const symbols: Record<LineKind, readonly [unicode: string, ascii: string]> = {
  started: ['·', '.'],
  detail: ['·', '.'],
  done: ['✓', '+'],
  skipped: ['–', '-'],
  failed: ['✗', 'x'],
  info: ['i', 'i'],
  warning: ['!', '!'],
  waiting: ['…', '~'],
  log: ['│', '|'],
};

/** Below this the time and the detail make way for the title. */
const NARROW_COLUMNS = 40;

/**
 * The lines of the live list at one moment: a spinner, the title, what it waits for and the elapsed time of each running step. Pure.
 * No line is wider than `width`, and there are at most `maxLines`.
 */
export function render(
  state: ProgressState,
  nowMs: number,
  width: number,
  look: Look = { color: false, unicode: true },
  maxLines = Number.POSITIVE_INFINITY,
): string[] {
  const style = createStyle(look.color);
  const remark = state.remark !== null && (state.remark.untilMs === null || nowMs < state.remark.untilMs);
  const room = Math.max(1, maxLines - (remark ? 1 : 0));
  const shown = state.running.length > room ? state.running.slice(0, room - 1) : state.running;
  const lines = shown.map((step) => stepLine(step, nowMs, width, look, style));
  const hidden = state.running.length - shown.length;
  if (hidden > 0) lines.push(style.dim(fitText(`  and ${hidden} more`, width)));
  if (remark && state.remark !== null) {
    lines.push(style.magenta(fitText(`${symbol('waiting', look)} ${state.remark.text}`, width)));
  }
  return lines;
}

/** A line that stays, for a terminal: symbol, text, and the aside in a quieter colour. As long as it is. */
export function renderLine(line: ProgressLine, look: Look): string {
  const style = createStyle(look.color);
  if (line.kind === 'log') return `${style.dim(symbol('log', look))} ${logText(line)}`;
  const mark = paint(line.kind, style)(symbol(line.kind, look));
  return `${mark} ${line.text}${asideOf(line, style)}`;
}

/** The same for a log file or a CI job, in words: `Create app … 0.4 s`. */
export function renderPlainLine(line: ProgressLine, look: Look): string {
  const style = createStyle(look.color);
  const aside = line.aside === undefined || line.aside === '' ? '' : line.aside;
  switch (line.kind) {
    case 'started':
      return `${line.text} ${look.unicode ? '…' : '...'}`;
    case 'detail':
      return `${line.text}: ${aside}`;
    case 'done':
      return `${line.text}: ${style.green('done')}${aside === '' ? '' : style.dim(` in ${aside}`)}`;
    case 'skipped':
      return `${line.text}: skipped${aside === '' ? '' : `, ${aside}`}`;
    case 'failed':
      return `${line.text}: ${style.red('failed')}${aside === '' ? '' : line.explained === true ? `, ${aside}` : style.dim(` after ${aside}`)}`;
    case 'warning':
      return `${style.magenta('warning:')} ${line.text}`;
    case 'log':
      return logText(line);
    case 'info':
    case 'waiting':
      return line.text;
  }
}

function stepLine(step: RunningStep, nowMs: number, width: number, look: Look, style: Style): string {
  const set = look.unicode ? frames.unicode : frames.ascii;
  const elapsedMs = Math.max(0, nowMs - step.startedAtMs);
  const spinner = set[Math.floor(elapsedMs / FRAME_MS) % set.length] ?? '';
  const head = displayWidth(spinner) + 1;
  if (width <= head) return fitText(spinner, width);
  if (width < NARROW_COLUMNS) return `${style.cyan(spinner)} ${fitText(step.title, width - head)}`;

  const time = formatElapsed(elapsedMs);
  const titleRoom = width - head - displayWidth(time) - 2;
  const title = fitText(step.title, titleRoom);
  const detailRoom = titleRoom - displayWidth(title) - 2;
  // A detail of a few letters says nothing.
  const detail = step.detail !== null && detailRoom >= 12 ? `  ${fitText(step.detail, detailRoom)}` : '';
  return `${style.cyan(spinner)} ${title}${detail}${style.dim(`  ${time}`)}`;
}

function symbol(kind: LineKind, look: Look): string {
  const [unicode, ascii] = symbols[kind];
  return look.unicode ? unicode : ascii;
}

function paint(kind: LineKind, style: Style): (text: string) => string {
  switch (kind) {
    case 'done':
      return style.green;
    case 'failed':
      return style.red;
    case 'warning':
    case 'waiting':
      return style.magenta;
    default:
      return style.dim;
  }
}

function asideOf(line: ProgressLine, style: Style): string {
  if (line.aside === undefined || line.aside === '') return '';
  if (line.explained !== true) return `  ${style.dim(line.aside)}`;
  return line.kind === 'failed' ? `: ${line.aside}` : `  ${line.aside}`;
}

function logText(line: ProgressLine): string {
  return line.aside === undefined || line.aside === '' ? line.text : `${line.aside}: ${line.text}`;
}
