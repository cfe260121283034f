import type { Emit, SindriEvent } from '@sindri/core';
import { liveList } from './lazy.js';
import type { Output } from './output.js';
import type { Capabilities } from './terminal/capabilities.js';

/** Shows what an operation reports: one JSON line per event in `ndjson` mode, progress on stderr otherwise. */
export interface EventRenderer {
  emit: Emit;
  /** Says what is waited for while nothing else is told. */
  working(title: string): void;
  /** Clears the live list, so that something else can be written. The next event brings it back. */
  pause(): void;
  /** There is a live list on the terminal. */
  readonly isDrawn: boolean;
}

export interface EventRendererOptions {
  output: Output;
  /** What `capabilities` were read from. */
  stderr: NodeJS.WriteStream;
  /** The same terminal, perhaps. */
  stdout: NodeJS.WriteStream;
  /** Spells commands as this person types them. */
  spell(text: string): string;
  capabilities: Capabilities;
  /**
   * Stderr belongs to the process that is going to run: without a terminal, tell there only warnings, and what somebody waits for.
   */
  onlyWaits: boolean;
  /** Also show API requests and retries. */
  debug: boolean;
  now(): number;
}

type Progress = ReturnType<ReturnType<typeof liveList>['createProgress']>;

export function createEventRenderer(options: EventRendererOptions): EventRenderer {
  const { output, stderr, stdout, spell, capabilities, debug, onlyWaits, now } = options;
  let progress: Progress | null = null;
  const waitsOnly = onlyWaits && !output.stderrIsTerminal;
  const shown = output.mode !== 'ndjson' && output.followed;

  const startProgress = (): Progress =>
    liveList().createProgress({
      stream: stderr,
      alsoWritten: stdout.isTTY === true ? [stdout] : [],
      spell,
      // Trace lines between the redraws would tear the list apart.
      isTTY: capabilities.live && !debug,
      now,
      onlyWaits: waitsOnly,
      color: capabilities.color,
      unicode: capabilities.unicode,
    });

  return {
    emit(event) {
      output.line({ at: new Date(now()).toISOString(), ...event });
      if (debug) {
        const trace = traceLine(event);
        if (trace !== null) output.trace(output.style.dim(trace));
      }
      // Somebody who waits without a terminal must still learn why: a warning is worth a line on any stderr.
      if ((!shown || waitsOnly) && output.mode === 'text' && event.type === 'notice' && event.level === 'warning') {
        output.trace(`${output.style.magenta('warning:')} ${event.message}`);
        return;
      }
      if (!shown) return;
      progress ??= startProgress();
      progress.onEvent(event);
    },
    working(title) {
      if (!shown || !capabilities.live) return;
      progress ??= startProgress();
      progress.working(title);
    },
    pause() {
      progress?.stop();
    },
    get isDrawn() {
      return progress?.isDrawn ?? false;
    },
  };
}

/** `debug GET /v1/apps/x → 200 in 34 ms`, or `null` for events that progress shows anyway. */
export function traceLine(event: SindriEvent): string | null {
  if (event.type === 'api.request') {
    const outcome = event.error ?? event.status ?? 'no answer';
    const attempt = event.attempt > 1 ? `, attempt ${event.attempt}` : '';
    const id = event.requestId === undefined ? '' : `, request ${event.requestId}`;
    return `debug ${event.method} ${event.path} → ${outcome} in ${Math.round(event.elapsedMs)} ms${attempt}${id}`;
  }
  if (event.type === 'api.retry') {
    return `debug ${event.method} ${event.path}: ${event.reason}, next try in ${Math.round(event.delayMs)} ms`;
  }
  return null;
}
