import { coreError } from './error.js';

/** The part of `process` that is needed here. */
export interface SignalSource {
  on(name: NodeJS.Signals, listener: (name: NodeJS.Signals) => void): unknown;
  off(name: NodeJS.Signals, listener: (name: NodeJS.Signals) => void): unknown;
}

export interface Interrupts {
  /** Aborted by the first Ctrl-C (or SIGTERM, SIGHUP), with an `OPERATION_CANCELLED` error as the reason. */
  readonly signal: AbortSignal;
  /** Aborts for another cause, in the same way. */
  abort(reason: unknown): void;
  dispose(): void;
  /** Listens again after {@link Interrupts.dispose}. */
  listen(): void;
}

export interface InterruptOptions {
  source: SignalSource;
  /** Called once, on the first interrupt. */
  onFirst(name: NodeJS.Signals): void;
  /** Called on the second interrupt; must end the process. */
  onSecond(): void;
  /** Calls `then` after `ms`, unless the process has ended by then. Default: a timer that keeps no process alive. */
  later?(ms: number, then: () => void): unknown;
}

/** How long what was begun may take to end once the terminal is gone: there nobody can interrupt a second time. */
const HANG_UP_MS = 60_000;

const names: NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** Turns interrupts into an abort: the first asks the work to end, the second does not ask. */
export function watchInterrupts({ source, onFirst, onSecond, later = timer }: InterruptOptions): Interrupts {
  const controller = new AbortController();
  let interrupted = false;
  const listener = (name: NodeJS.Signals) => {
    if (interrupted) return onSecond();
    interrupted = true;
    onFirst(name);
    if (name === 'SIGHUP') later(HANG_UP_MS, onSecond);
    controller.abort(
      coreError({
        code: 'OPERATION_CANCELLED',
        kind: 'cancelled',
        message: 'Interrupted.',
        hint: 'Run the same command again: it continues with what is there.',
      }),
    );
  };
  const dispose = () => {
    for (const name of names) source.off(name, listener);
  };
  const listen = () => {
    dispose();
    for (const name of names) source.on(name, listener);
  };
  listen();
  return {
    signal: controller.signal,
    abort: (reason) => controller.abort(reason),
    dispose,
    listen,
  };
}

function timer(ms: number, then: () => void): void {
  setTimeout(then, ms).unref();
}
