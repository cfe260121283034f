import { closeSync, fstatSync, statSync } from 'node:fs';
import { devNull } from 'node:os';
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
  source.on('exit', () => {
    for (const stream of STREAMS.filter(mayBeTerminal)) if (!isatty(stream)) closeSync(stream);
  });
}

/** What a terminal that is gone still is. Most scripts have none, and are not to load what Node asks terminals with. */
function mayBeTerminal(stream: number): boolean {
  try {
    const stats = fstatSync(stream);
    return stats.isCharacterDevice() && stats.rdev !== statSync(devNull).rdev;
  } catch {
    return false;
  }
}
