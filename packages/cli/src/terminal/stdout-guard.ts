import type { TextStream } from '../output.js';

/** The part of a stream that is guarded. */
export type GuardedStream = Pick<NodeJS.WriteStream, 'write'> & { isTTY?: boolean } & Pick<
    TextStream,
    'columns' | 'rows' | 'on' | 'off'
  >;

/** Keeps a stream for those who were given {@link StdoutGuard.ours}. */
export interface StdoutGuard {
  /** Writes through, whether the guard is on or not. */
  readonly ours: TextStream;
  /** While it is on, what anybody else writes to the stream goes elsewhere. */
  enable(on: boolean): void;
}

/** `divert` gets what somebody else wrote: a plugin that prints with `console.log`. */
export function guardStdout(stream: GuardedStream, divert: (text: string) => void): StdoutGuard {
  const write = stream.write.bind(stream);
  const diverted = (chunk: string | Uint8Array, encoding?: unknown, done?: unknown): boolean => {
    divert(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8'));
    const callback = typeof encoding === 'function' ? encoding : done;
    if (typeof callback === 'function') process.nextTick(callback as () => void);
    return true;
  };
  let own: GuardedStream['write'] | null = null;
  return {
    ours: {
      write: (text) => write(text),
      get isTTY() {
        return stream.isTTY;
      },
      get columns() {
        return stream.columns;
      },
      get rows() {
        return stream.rows;
      },
      on: (event, listener) => stream.on?.(event, listener),
      off: (event, listener) => stream.off?.(event, listener),
    },
    enable(on) {
      if (on === (own !== null)) return;
      if (on) {
        own = stream.write;
        stream.write = diverted as GuardedStream['write'];
      } else {
        stream.write = own as GuardedStream['write'];
        own = null;
      }
    },
  };
}
