import { closeSync } from 'node:fs';
import { isatty } from 'node:tty';

/** The standard streams of a process. */
const STREAMS = [0, 1, 2];

/** The part of `process` that is needed here. */
interface ExitSource {
  on(event: 'exit', listener: () => void): unknown;
}

/**
 * Lets a process whose terminal was closed end like any other. When it exits Node gives each terminal back as it found it, and aborts,
 * with a stack trace and a core dump, where one is gone; what is closed already it leaves alone.
 */
export function outliveTerminal(source: ExitSource): void {
  const terminals = STREAMS.filter(isatty);
  if (terminals.length === 0) return;
  source.on('exit', () => {
    for (const stream of terminals) if (!isatty(stream)) closeSync(stream);
  });
}
