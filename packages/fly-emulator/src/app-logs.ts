import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { EmulatorClock } from './clock.js';
import type { Ids } from './ids.js';

export type LogLevel = 'info' | 'warn' | 'error';
/** Who wrote a line: the program in the machine, the machine's supervisor, or the edge. */
export type LogProvider = 'app' | 'runner' | 'proxy' | 'health';

export interface LogLine {
  id: string;
  app: string;
  /** Nanoseconds since the epoch as text; strictly growing, because it is also the paging token. */
  nanos: string;
  message: string;
  level: LogLevel;
  instance: string;
  region: string;
  provider: LogProvider;
  code?: string;
}

/** The log lines of all apps. */
export interface AppLogs {
  append(line: Omit<LogLine, 'id' | 'nanos' | 'level'> & { level?: LogLevel }): void;
  /** Lines of one app, oldest first. */
  lines(app: string): LogLine[];
  /** Forgets a destroyed app's lines. */
  forget(app: string): void;
}

const KEPT_PER_APP = 5000;
const FILE_NAME = 'logs.ndjson';

/** @param directory where lines survive a restart of the emulator; without it they live in memory only */
export function createAppLogs(clock: EmulatorClock, ids: Ids, directory?: string): AppLogs {
  const byApp = new Map<string, LogLine[]>();
  const file = directory === undefined ? null : path.join(directory, FILE_NAME);
  let lastNanos = 0n;

  const remember = (line: LogLine): void => {
    const lines = byApp.get(line.app) ?? [];
    lines.push(line);
    if (lines.length > KEPT_PER_APP) lines.splice(0, lines.length - KEPT_PER_APP);
    byApp.set(line.app, lines);
    if (BigInt(line.nanos) > lastNanos) lastNanos = BigInt(line.nanos);
  };

  if (file !== null && directory !== undefined) {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    for (const line of readLines(file)) remember(line);
    // Written again in one go, so that the file does not grow over many runs.
    writeFileSync(file, [...byApp.values()].flat().map(toNdjson).join(''), { mode: 0o600 });
  }

  return {
    append(input) {
      const now = BigInt(Math.floor(clock.now())) * 1_000_000n;
      const nanos = now > lastNanos ? now : lastNanos + 1n;
      const line: LogLine = { id: ids.ulid(), level: 'info', ...input, nanos: nanos.toString() };
      remember(line);
      if (file !== null) appendFileSync(file, toNdjson(line), { mode: 0o600 });
    },
    lines: (app) => byApp.get(app) ?? [],
    forget: (app) => void byApp.delete(app),
  };
}

const toNdjson = (line: LogLine): string => `${JSON.stringify(line)}\n`;

function readLines(file: string): LogLine[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  return text.split('\n').flatMap((line) => {
    try {
      return line === '' ? [] : [JSON.parse(line) as LogLine];
    } catch {
      // The last line may be cut short by a kill; log lines are not worth refusing to start.
      return [];
    }
  });
}
