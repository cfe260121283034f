import {
  appendFileSync,
  closeSync,
  fstatSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { makePrivateDirectory } from '../private-directory.js';
import type { DiskTrouble } from '../state/disk-trouble.js';
import { parseNdjson, toNdjson, type LogLine } from './log-line.js';

/** One file of lines per app, below the state directory. Trouble with the disk is told once and loses lines, nothing else. */
export interface LogFiles {
  /** What an earlier run has left of an app, at most `bytes` of it. */
  read(app: string): LogLine[];
  /** Adds lines soon. `kept` gives the lines to keep when the file has grown too long. */
  append(app: string, text: string, kept: () => readonly LogLine[]): void;
  remove(app: string): void;
  flush(): void;
}

const DIRECTORY = 'logs';
/** Where all apps had their lines in one file, without a limit. */
const FORMER_FILE = 'logs.ndjson';
/** Lines are gathered this long, or until there are so many characters. */
const GATHER_MS = 50;
const GATHER_CHARACTERS = 256 * 1024;

/**
 * @param bytes a file is written anew, with the kept lines alone, when it is longer than twice this
 * @param isKnown whether an app exists; files of others are removed
 */
export function createLogFiles(
  stateDir: string,
  bytes: number,
  isKnown: (app: string) => boolean,
  trouble: DiskTrouble,
): LogFiles {
  const directory = path.join(stateDir, DIRECTORY);
  const fileOf = (app: string): string => path.join(directory, `${app}.ndjson`);
  const gathered = new Map<string, { text: string; kept: () => readonly LogLine[] }>();
  const lengths = new Map<string, number>();
  let timer: NodeJS.Timeout | undefined;

  const writeAnew = (app: string, lines: readonly LogLine[]): void => {
    const text = lines.map(toNdjson).join('');
    const fresh = `${fileOf(app)}.new`;
    try {
      writeFileSync(fresh, text, { mode: 0o600 });
      renameSync(fresh, fileOf(app));
    } catch (error) {
      rmSync(fresh, { force: true });
      throw error;
    }
    lengths.set(app, Buffer.byteLength(text));
  };

  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    for (const [app, { text, kept }] of gathered) {
      const length = (lengths.get(app) ?? 0) + Buffer.byteLength(text);
      trouble.attempt('log lines', () => {
        if (length > 2 * bytes) return writeAnew(app, kept());
        appendFileSync(fileOf(app), text, { mode: 0o600 });
        lengths.set(app, length);
      });
    }
    gathered.clear();
  };

  trouble.attempt('log lines', () => {
    makePrivateDirectory(directory);
    const former = groupByApp(parseNdjson(readEnd(path.join(stateDir, FORMER_FILE), 2 * bytes).text));
    for (const [app, lines] of former) if (isKnown(app)) writeAnew(app, lines);
    rmSync(path.join(stateDir, FORMER_FILE), { force: true });
    for (const name of readdirSync(directory)) {
      const app = /^(.*)\.ndjson$/.exec(name)?.[1];
      if (app === undefined || !isKnown(app)) rmSync(path.join(directory, name), { force: true, recursive: true });
    }
  });

  return {
    read(app) {
      const { text, length } = readEnd(fileOf(app), 2 * bytes);
      lengths.set(app, length);
      return parseNdjson(text);
    },
    append(app, text, kept) {
      const waiting = gathered.get(app)?.text ?? '';
      gathered.set(app, { text: waiting + text, kept });
      if (waiting.length + text.length > GATHER_CHARACTERS) flush();
      else timer ??= setTimeout(flush, GATHER_MS).unref();
    },
    remove(app) {
      gathered.delete(app);
      lengths.delete(app);
      trouble.attempt('log lines', () => rmSync(fileOf(app), { force: true }));
    },
    flush,
  };
}

/** The last `most` bytes of a file, from the first whole line on; nothing of one that cannot be read. */
function readEnd(file: string, most: number): { text: string; length: number } {
  let handle: number;
  try {
    handle = openSync(file, 'r');
  } catch {
    return { text: '', length: 0 };
  }
  try {
    const length = fstatSync(handle).size;
    const buffer = Buffer.alloc(Math.min(length, most));
    const read = readSync(handle, buffer, 0, buffer.length, length - buffer.length);
    const text = buffer.toString('utf8', 0, read);
    return { text: length > most ? text.slice(text.indexOf('\n') + 1) : text, length };
  } catch {
    return { text: '', length: 0 };
  } finally {
    closeSync(handle);
  }
}

function groupByApp(lines: LogLine[]): Map<string, LogLine[]> {
  const byApp = new Map<string, LogLine[]>();
  for (const line of lines) byApp.set(line.app, [...(byApp.get(line.app) ?? []), line]);
  return byApp;
}
