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

/** Longest message kept of one line, in UTF-16 units. */
const LONGEST_MESSAGE = 16 * 1024;

/** The message as it is kept: one that is too long is cut, and says so. */
export function boundedMessage(message: string): string {
  if (message.length <= LONGEST_MESSAGE) return message;
  return `${message.slice(0, LONGEST_MESSAGE)}… (${message.length - LONGEST_MESSAGE} more characters)`;
}

export const toNdjson = (line: LogLine): string => `${JSON.stringify(line)}\n`;

/** Lines of a file; what cannot be read is left out: a kill may have cut the last one, and log lines are not worth refusing to start. */
export function parseNdjson(text: string): LogLine[] {
  return text.split('\n').flatMap((line) => {
    try {
      const parsed = JSON.parse(line) as Partial<LogLine>;
      const whole = typeof parsed.app === 'string' && /^\d+$/.test(parsed.nanos ?? '') && 'message' in parsed;
      return whole ? [parsed as LogLine] : [];
    } catch {
      return [];
    }
  });
}
