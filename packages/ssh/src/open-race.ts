import { describeSocketError, unreachable, UnreachableError, type DialFailure } from './errors.js';
import type { OpenedStream, OpenStreamOptions, StreamOpener } from './stream-opener.js';

/** One of several ways to a server, and when it is tried. */
export interface Contender {
  opener: StreamOpener;
  /** Ms after the first. It starts earlier when all before it have failed. */
  afterMs: number;
  /** Told when this way has won. */
  onWin?(): void;
}

/**
 * Tries several ways at a time and takes the first that opens; the others are given up. Contenders start in their order, each when its time
 * has come, or as soon as none is left running. Rejects with `SSH_UNREACHABLE`, which lists what happened to each; `impossible` are
 * told along, as what could not even be tried.
 */
export function openRace(
  contenders: readonly Contender[],
  { where, impossible = [] }: { where: string; impossible?: readonly DialFailure[] },
): StreamOpener {
  const hints = [...new Set(contenders.flatMap(({ opener: { hint } }) => (hint === undefined ? [] : [hint])))];
  const hint = hints.length === 0 ? undefined : hints.join(' ');
  return {
    where,
    ...(hint === undefined ? {} : { hint }),
    async open(options) {
      const failures: DialFailure[][] = [];
      try {
        return await race(contenders, options, failures);
      } catch (error) {
        if (error !== LOST) throw error;
        options.signal.throwIfAborted();
        throw unreachable([...failures.flat(), ...impossible], { alsoTry: hint });
      }
    },
  };
}

const LOST = new Error('no way has opened');

function race(
  contenders: readonly Contender[],
  options: OpenStreamOptions,
  failures: DialFailure[][],
): Promise<OpenedStream> {
  const { clock } = options;
  const over = new AbortController();
  const signal = AbortSignal.any([options.signal, over.signal]);
  const startedAt = clock.now();
  let next = 0;
  let running = 0;
  let settled = false;

  return new Promise((resolve, reject) => {
    const settle = (act: () => void): void => {
      settled = true;
      over.abort();
      act();
    };
    const start = (): void => {
      const index = next++;
      const contender = contenders[index];
      if (contender === undefined) return;
      running += 1;
      const { opener } = contender;
      const timeoutMs = Math.max(1, options.timeoutMs - (clock.now() - startedAt));
      opener.open({ ...options, signal, timeoutMs }).then(
        (opened) => {
          if (settled) return void opened.stream.destroy();
          contender.onWin?.();
          settle(() => resolve({ where: opener.where, ...opened }));
        },
        (error: unknown) => {
          running -= 1;
          if (settled) return;
          if (options.signal.aborted) return settle(() => reject(options.signal.reason as Error));
          failures[index] = failuresOf(error, opener);
          if (running > 0) return;
          if (contenders[next] === undefined) settle(() => reject(LOST));
          else start();
        },
      );
      const after = contenders[index + 1];
      if (after === undefined) return;
      clock.sleep(Math.max(0, startedAt + after.afterMs - clock.now()), signal).then(
        () => (settled || next !== index + 1 ? undefined : start()),
        () => undefined,
      );
    };
    if (options.signal.aborted) return reject(options.signal.reason as Error);
    if (contenders.length === 0) return reject(LOST);
    start();
  });
}

function failuresOf(error: unknown, { where }: StreamOpener): DialFailure[] {
  if (error instanceof UnreachableError) return [...error.failures];
  return [{ where, address: null, ...describeSocketError(error) }];
}
