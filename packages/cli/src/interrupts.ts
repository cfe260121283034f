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
}

const names: NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** Turns interrupts into an abort: the first asks the work to end, the second does not ask. */
export function watchInterrupts({ source, onFirst, onSecond }: InterruptOptions): Interrupts {
  const controller = new AbortController();
  let interrupted = false;
  const listener = (name: NodeJS.Signals) => {
    if (interrupted) return onSecond();
    interrupted = true;
    onFirst(name);
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
