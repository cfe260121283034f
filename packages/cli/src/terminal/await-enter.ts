import { enterRawMode, type InputStream } from './raw-mode.js';

const CTRL_C = 0x03;
const CTRL_D = 0x04;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/**
 * Waits for one key that decides: `true` for Enter, `false` for Ctrl-C, Ctrl-D, or an end of the input. Other keys do nothing. The
 * terminal gets its settings back. Rejects with `signal.reason`.
 */
export async function awaitEnter(stdin: InputStream, signal: AbortSignal): Promise<boolean> {
  signal.throwIfAborted();
  const raw = enterRawMode(stdin);
  let stop = (): void => undefined;
  try {
    return await new Promise<boolean>((resolve, reject) => {
      const onData = (data: Buffer | string) => {
        const keys = Buffer.from(data as Buffer);
        const key = keys.find((byte) => [CTRL_C, CTRL_D, LINE_FEED, CARRIAGE_RETURN].includes(byte));
        if (key !== undefined) resolve(key === LINE_FEED || key === CARRIAGE_RETURN);
      };
      const onEnd = () => resolve(false);
      const onAbort = () => reject(signal.reason);
      stop = () => {
        stdin.off('data', onData).off('end', onEnd).off('close', onEnd);
        signal.removeEventListener('abort', onAbort);
        stdin.pause();
      };
      signal.addEventListener('abort', onAbort);
      if (stdin.readableEnded || stdin.destroyed) return onEnd();
      // The data listener comes last: it starts the flow.
      stdin.on('end', onEnd).on('close', onEnd).on('data', onData);
      stdin.resume();
    });
  } finally {
    stop();
    raw?.restore();
  }
}
