import type { SindriEvent } from '@sindri/core';
import { formatElapsed } from './elapsed.js';
import { plainText } from './outside-text.js';

type ProgressAmount = NonNullable<Extract<SindriEvent, { type: 'change.progress' }>['progress']>;

/** One phase or change that runs. */
export interface RunningStep {
  /** `phase:observe`, `change:app`. */
  key: string;
  title: string;
  startedAtMs: number;
  /** What it waits for. */
  detail: string | null;
}

/** Something that concerns all steps, shown while it lasts. */
export interface Remark {
  text: string;
  /** Time after which it is no longer true; `null` = until a step ends. */
  untilMs: number | null;
}

export interface ProgressState {
  running: readonly RunningStep[];
  remark: Remark | null;
}

export type LineKind = 'started' | 'detail' | 'done' | 'skipped' | 'failed' | 'info' | 'warning' | 'waiting' | 'log';

/** A line that stays: what happened, once. */
export interface ProgressLine {
  kind: LineKind;
  text: string;
  /** Said after the text, less loudly. */
  aside?: string;
  /**
   * Only worth a line where nothing is redrawn; a live list shows it on the running step.
   */
  plainOnly?: true;
  /** The aside says why. */
  explained?: true;
  /** The end of a phase, which is made of steps that are told, or ends in an answer. */
  phase?: true;
  /** How long what has ended took, where that is known. */
  elapsedMs?: number;
  /** One of many that count up: where nothing is redrawn, now and then one is enough. */
  counting?: true;
}

/** Binary, as all sizes here. */
const BYTES_PER_MB = 1024 * 1024;

export const idle: ProgressState = { running: [], remark: null };

/** What an event changes in the list, and the lines it leaves behind. Pure. */
export function advance(
  state: ProgressState,
  event: SindriEvent,
  nowMs: number,
): { state: ProgressState; lines: ProgressLine[] } {
  switch (event.type) {
    case 'phase.started':
      return start(state, `phase:${event.phase}`, event.title, nowMs);
    case 'phase.finished': {
      const key = `phase:${event.phase}`;
      // Two of the same kind at once are one line.
      if (!state.running.some((other) => other.key === key)) return { state, lines: [] };
      const { state: next, lines } = finish(state, key, event.phase, event.ok ? 'done' : 'failed', event.elapsedMs);
      return { state: next, lines: lines.map((line) => ({ ...line, phase: true as const })) };
    }
    case 'change.started':
      return start(state, `change:${event.change}`, event.title, nowMs);
    case 'change.progress':
      return detail(state, `change:${event.change}`, plainText(event.message), event.progress);
    case 'change.applied':
      return finish(state, `change:${event.change}`, event.change, 'done', event.elapsedMs);
    case 'change.skipped':
      return finish(state, `change:${event.change}`, event.change, 'skipped', null, event.reason);
    case 'change.failed':
      return finish(state, `change:${event.change}`, event.change, 'failed', null, event.error.message);
    case 'lock.waiting':
      return remark(state, lockText(event), null);
    case 'api.retry': {
      const text = `${event.reason}; trying again in ${formatElapsed(event.delayMs)}`;
      return remark(state, plainText(text), nowMs + event.delayMs);
    }
    case 'log.line':
      return { state, lines: [{ kind: 'log', text: plainText(event.message), aside: plainText(event.source) }] };
    case 'notice':
      return { state, lines: [{ kind: event.level, text: plainText(event.message) }] };
    case 'operation.finished':
      return { state: idle, lines: [] };
    default:
      return { state, lines: [] };
  }
}

function start(state: ProgressState, key: string, title: string, nowMs: number) {
  const step: RunningStep = { key, title: plainText(title), startedAtMs: nowMs, detail: null };
  const running = [...state.running.filter((other) => other.key !== key), step];
  return { state: { ...state, running }, lines: [{ kind: 'started', text: step.title, plainOnly: true } as const] };
}

function detail(state: ProgressState, key: string, message: string, amount?: ProgressAmount) {
  const step = state.running.find((other) => other.key === key);
  const shown = amount === undefined ? message : [message, amountText(amount)].filter((part) => part !== '').join(' ');
  if (step === undefined || step.detail === shown) return { state, lines: [] };
  const running = state.running.map((other) => (other === step ? { ...step, detail: shown } : other));
  const line: ProgressLine = { kind: 'detail', text: step.title, aside: shown, plainOnly: true };
  return {
    state: { ...state, running },
    lines: [amount === undefined ? line : ({ ...line, counting: true } as const)],
  };
}

/** `12.3 of 40.0 MB (31 %)`, `3 of 10 (30 %)`, and without a total `12.3 MB`. */
function amountText({ done, total, unit }: ProgressAmount): string {
  const shown = (value: number): string => (unit === 'bytes' ? (value / BYTES_PER_MB).toFixed(1) : String(value));
  const word = unit === 'bytes' ? ' MB' : '';
  if (total === null || !(total > 0)) return `${shown(done)}${word}`;
  const percent = Math.min(100, Math.floor((done / total) * 100));
  return `${shown(done)} of ${shown(total)}${word} (${percent} %)`;
}

function finish(
  state: ProgressState,
  key: string,
  name: string,
  kind: 'done' | 'skipped' | 'failed',
  elapsedMs: number | null,
  reason?: string,
): { state: ProgressState; lines: ProgressLine[] } {
  const step = state.running.find((other) => other.key === key);
  const aside = [reason === undefined ? '' : plainText(reason), elapsedMs === null ? '' : formatElapsed(elapsedMs)];
  return {
    state: {
      running: state.running.filter((other) => other !== step),
      remark: state.remark?.untilMs === null ? null : state.remark,
    },
    lines: [
      {
        kind,
        text: step?.title ?? plainText(name),
        aside: aside.filter((part) => part !== '').join(', '),
        ...(reason === undefined ? {} : { explained: true }),
        ...(elapsedMs === null ? {} : { elapsedMs }),
      },
    ],
  };
}

function remark(state: ProgressState, text: string, untilMs: number | null) {
  // The same wait is reported again on every poll.
  const lines: ProgressLine[] = state.remark?.text === text ? [] : [{ kind: 'waiting', text, plainOnly: true }];
  return { state: { ...state, remark: { text, untilMs } }, lines };
}

function lockText(event: Extract<SindriEvent, { type: 'lock.waiting' }>): string {
  const what = event.description === undefined ? '' : ` (${event.description})`;
  const until = event.expiresAt === undefined ? '' : `, until ${event.expiresAt} at the latest`;
  return plainText(`Waiting for ${event.holder}${what}, who holds the lock on ${event.resource}${until}`);
}
