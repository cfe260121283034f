import type { EmulatorClock } from './clock.js';
import type { Ids } from './ids.js';
import { createLineWindow, type LineWindow } from './logs/line-window.js';
import type { LogFiles } from './logs/log-files.js';
import { boundedMessage, type LogLevel, type LogLine } from './logs/log-line.js';

/** What a reader of an app's log asks for. */
export interface LogQuery {
  /** Only lines that are newer, in nanoseconds since the epoch. */
  after: bigint;
  /** `oldest`: the reader goes on from `after`. `newest`: it begins. */
  from: 'oldest' | 'newest';
  limit: number;
  /** Only lines of this machine, of this region. */
  instance?: string;
  region?: string;
}

/** The log lines of all apps: of each app the newest, within limits of number and size. */
export interface AppLogs {
  /** A line of an app that does not exist (any more) is dropped; one that is too long is cut. */
  append(line: Omit<LogLine, 'id' | 'nanos' | 'level'> & { level?: LogLevel }): void;
  /** Oldest first. Where lines are missing that the reader would have got, a line in their place says how many. */
  read(app: string, query: LogQuery): LogLine[];
  /** Forgets a destroyed app's lines. */
  forget(app: string): void;
  /** Writes what has been gathered. */
  close(): void;
}

/** What is kept of one app. */
export const LOG_LIMITS = { lines: 5000, bytes: 2 * 1024 * 1024 };

/** @param files where lines survive a restart of the emulator; `null`: they live in memory only */
export function createAppLogs(
  clock: EmulatorClock,
  ids: Ids,
  isKnown: (app: string) => boolean,
  files: LogFiles | null,
): AppLogs {
  const byApp = new Map<string, LineWindow>();
  let lastNanos = 0n;

  const windowOf = (app: string): LineWindow => {
    const known = byApp.get(app);
    if (known) return known;
    const fresh = createLineWindow(LOG_LIMITS);
    for (const line of files?.read(app) ?? []) {
      fresh.push(line);
      if (BigInt(line.nanos) > lastNanos) lastNanos = BigInt(line.nanos);
    }
    byApp.set(app, fresh);
    return fresh;
  };

  const gap = (app: string, missed: string, before: LogLine): LogLine => ({
    id: ids.ulid(),
    app,
    nanos: (BigInt(before.nanos) - 1n).toString(),
    message: `${missed} log lines are missing here: the emulator keeps the newest, and these were not read in time`,
    level: 'warn',
    instance: '',
    region: '',
    provider: 'runner',
  });

  return {
    append(input) {
      if (!isKnown(input.app)) return;
      const lines = windowOf(input.app);
      const now = BigInt(Math.floor(clock.now())) * 1_000_000n;
      // Two apart: there is room for a line that tells of a gap.
      const nanos = now > lastNanos + 1n ? now : lastNanos + 2n;
      lastNanos = nanos;
      const text = lines.push({
        id: ids.ulid(),
        ...input,
        level: input.level ?? 'info',
        message: boundedMessage(input.message),
        nanos: nanos.toString(),
      });
      files?.append(input.app, text, lines.lines);
    },
    read(app, query) {
      if (!isKnown(app)) return [];
      const lines = windowOf(app);
      const { lines: newer, missed, exact } = lines.after(query.after);
      const wanted = newer.filter(
        (line) =>
          (query.instance === undefined || line.instance === query.instance) &&
          (query.region === undefined || line.region === query.region),
      );
      if (query.from === 'newest') return tell(lines, wanted.slice(-query.limit));
      const page = tell(lines, wanted.slice(0, query.limit));
      const [first] = newer;
      return missed > 0 && first ? [gap(app, exact ? `${missed}` : `up to ${missed}`, first), ...page] : page;
    },
    forget(app) {
      byApp.delete(app);
      files?.remove(app);
    },
    close: () => files?.flush(),
  };
}

/** The reader will come back with the last of these lines. */
function tell(lines: LineWindow, page: LogLine[]): LogLine[] {
  const last = page.at(-1);
  if (last) lines.readUntil(last.nanos);
  return page;
}
