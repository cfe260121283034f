import * as fs from 'node:fs';
import { promisify } from 'node:util';

/** Why a file gave no text. `reason` is for people: `not there`, `larger than 1 MB`. */
export interface UnreadableText {
  reason: string;
  /** Whether there is no such file. */
  absent: boolean;
}

/** Names of what is open in this process: whoever gave it to us writes to it. */
const OPEN_ALREADY = /^\/dev\/(stdin$|fd\/)|^\/proc\/self\/fd\//;
const CHUNK = 64 * 1024;
/** Between two looks at a pipe that is empty. */
const PAUSE_MS = 10;

/** What is in a file is there at once: every command reads its config, and starting the threads that would wait takes longer than that. */
const readFile: Read = async (handle, buffer) => fs.readSync(handle, buffer);
/** Whoever writes takes the time that it takes, and may have gone. Not by a thread that waits in the system: that one could not be interrupted. */
const waitForPipe: Read = async (handle, buffer) => {
  for (;;) {
    try {
      return (await promisify(fs.read)(handle, buffer, 0, buffer.length, null)).bytesRead;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }
};

type Read = (handle: number, buffer: Buffer) => Promise<number>;

/**
 * The text of a file of at most `maximumBytes`, or why there is none. Files that a config names, or that are found, are somebody
 * else's choice: a device or a pipe is refused rather than read, or waited for, for ever. What this user has named (`pipes`) may be
 * standard input or another pipe that this process was given, as in `<(…)`. No more is held in memory than the limit. A byte order mark
 * is left out, unless the text is to be written again (`mark`).
 */
export async function readLimitedText(
  file: string,
  maximumBytes: number,
  { mark = false, ...options }: { pipes?: boolean; mark?: boolean } = {},
): Promise<{ text: string } | UnreadableText> {
  const result = await readLimitedBytes(file, maximumBytes, options);
  if ('absent' in result) return result;
  try {
    return { text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: mark }).decode(result.bytes) };
  } catch (error) {
    return explain(error as NodeJS.ErrnoException);
  }
}

/** As {@link readLimitedText}, for a file that need not be text. */
export async function readLimitedBytes(
  file: string,
  maximumBytes: number,
  { pipes = false }: { pipes?: boolean } = {},
): Promise<{ bytes: Buffer } | UnreadableText> {
  try {
    const given = pipes && OPEN_ALREADY.test(file);
    // Opening a pipe that nobody writes to, or nobody any more, would wait for ever.
    const handle = fs.openSync(file, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK);
    try {
      const stats = fs.fstatSync(handle);
      if (stats.isDirectory()) return { reason: 'a directory', absent: false };
      if (!given && !stats.isFile()) return { reason: 'not a regular file', absent: false };
      const read = stats.isFile() ? readFile : waitForPipe;
      const chunks: Buffer[] = [];
      for (let size = 0; ;) {
        const buffer = Buffer.alloc(CHUNK);
        const bytesRead = await read(handle, buffer);
        if (bytesRead === 0) break;
        size += bytesRead;
        if (size > maximumBytes) return { reason: `larger than ${showSize(maximumBytes)}`, absent: false };
        chunks.push(buffer.subarray(0, bytesRead));
      }
      return { bytes: Buffer.concat(chunks) };
    } finally {
      fs.closeSync(handle);
    }
  } catch (error) {
    return explain(error as NodeJS.ErrnoException);
  }
}

function explain({ code }: NodeJS.ErrnoException): UnreadableText {
  if (code === 'ENOENT' || code === 'ENOTDIR') return { reason: 'not there', absent: true };
  const reasons: Readonly<Record<string, string>> = {
    EACCES: 'no permission',
    EPERM: 'no permission',
    EISDIR: 'a directory',
    ENXIO: 'not a regular file',
    ELOOP: 'a link to itself',
    ERR_ENCODING_INVALID_ENCODED_DATA: 'not a text file',
  };
  return { reason: reasons[code ?? ''] ?? code ?? 'not readable', absent: false };
}

function showSize(bytes: number): string {
  return bytes >= 1024 * 1024 ? `${bytes / 1024 / 1024} MB` : `${bytes / 1024} KB`;
}
