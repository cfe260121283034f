import type { Shell } from '../shell.js';

/**
 * Standard input to its end. Throws what `tooLong` makes when there is more than `maximumBytes`, of which no more is held in memory,
 * and the signal's reason.
 */
export async function readStdin(
  { streams: { stdin }, signal }: Shell,
  maximumBytes: number,
  tooLong: () => Error,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  const stop = (): void => void stdin.destroy();
  signal.addEventListener('abort', stop, { once: true });
  try {
    for await (const chunk of stdin) {
      const bytes = Buffer.from(chunk as Buffer | string);
      size += bytes.length;
      if (size > maximumBytes) throw tooLong();
      chunks.push(bytes);
    }
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener('abort', stop);
  }
  signal.throwIfAborted();
  return Buffer.concat(chunks);
}
