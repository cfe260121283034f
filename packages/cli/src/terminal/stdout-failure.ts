import { exitCodes } from '../exit-codes.js';

/** What a stream that cannot be written any more means for the process. */
export interface StdoutWatch {
  /** The exit status that says so, whatever the command has achieved; `null` while stdout takes what it is given. */
  readonly exitCode: number | null;
}

interface WatchedStream {
  on(event: 'error', listener: (error: NodeJS.ErrnoException) => void): unknown;
  // eslint-disable-next-line @typescript-eslint/no-unsafe-function-type -- as Node's types have it.
  rawListeners(event: 'error'): Function[];
  emit(event: string | symbol, ...values: unknown[]): boolean;
}

/**
 * From now on a failure of stdout is told in one line on stderr: a full disk, a device that is gone. A reader who has left
 * (`sindri logs | head`) is no failure and gets no word. `onFailure` gets the status for a process that ends by itself.
 *
 * A stderr that cannot be written changes nothing: nobody wants to know how it goes, and what was begun is still brought to its end.
 */
export function watchStdout(
  stdout: WatchedStream,
  stderr: { write(text: string): unknown; on(event: 'error', listener: () => void): unknown },
  onFailure: (exitCode: number) => void,
): StdoutWatch {
  let exitCode: number | null = null;
  stderr.on('error', () => undefined);
  const { emit } = stdout;
  stdout.emit = (event, ...values) => {
    if (event !== 'error') return emit.call(stdout, event, ...values);
    for (const listener of stdout.rawListeners('error')) {
      try {
        listener.apply(stdout, values);
      } catch {
        // The framework's own listener throws, and every plugin may bring a copy of the framework.
      }
    }
    return true;
  };
  stdout.on('error', ({ code, message }) => {
    if (exitCode !== null) return;
    exitCode = code === 'EPIPE' ? exitCodes.brokenPipe : exitCodes.incomplete;
    onFailure(exitCode);
    if (code !== 'EPIPE') stderr.write(`Error: stdout cannot be written, so the answer is lost: ${message}.\n`);
  });
  return {
    get exitCode() {
      return exitCode;
    },
  };
}
