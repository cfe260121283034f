import { promises as fs } from 'node:fs';
import path from 'node:path';

const WAIT_MS = 100;
/** How long a count holds. */
const FRESH_MS = 5_000;

/** Counts the bytes that directories take on the disk, each once at a time, and never makes anybody wait for long. */
export interface TreeSizes {
  /** What `directory` takes, as it was counted last; `null` while nobody knows yet. */
  bytes(directory: string): Promise<number | null>;
}

export interface TreeSizesOptions {
  /** Any clock that does not stand still. */
  nowMs?: () => number;
  /** How long an answer waits for a count that has just begun, in milliseconds: a large home is told from the last one. */
  waitMs?: number;
}

export function createTreeSizes({
  nowMs = () => performance.now(),
  waitMs = WAIT_MS,
}: TreeSizesOptions = {}): TreeSizes {
  const known = new Map<string, { bytes: number; at: number }>();
  const counting = new Map<string, Promise<void>>();

  const count = (directory: string): Promise<void> => {
    const running = counting.get(directory);
    if (running !== undefined) return running;
    const started = bytesIn(directory)
      .then((bytes) => void known.set(directory, { bytes, at: nowMs() }))
      .catch(() => undefined)
      .finally(() => counting.delete(directory));
    counting.set(directory, started);
    return started;
  };

  return {
    async bytes(directory) {
      const last = known.get(directory);
      if (last !== undefined && nowMs() - last.at < FRESH_MS) return last.bytes;
      let timer: NodeJS.Timeout | undefined;
      const patience = new Promise<void>((resolve) => (timer = setTimeout(resolve, waitMs)));
      await Promise.race([count(directory), patience]);
      clearTimeout(timer);
      return known.get(directory)?.bytes ?? null;
    },
  };
}

/** Whole blocks, as a disk counts. What cannot be read, or is gone by now, takes nothing; links are not followed. */
async function bytesIn(directory: string): Promise<number> {
  let sum = 0;
  const waiting = [directory];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const here = next;
    const entries = await fs.readdir(here, { withFileTypes: true }).catch(() => []);
    const sizes = await Promise.all(
      entries.map(async (entry) => {
        const file = path.join(here, entry.name);
        if (entry.isDirectory()) waiting.push(file);
        return fs.lstat(file).then(
          ({ blocks, size }) => (blocks === undefined ? size : blocks * 512),
          () => 0,
        );
      }),
    );
    sum += sizes.reduce((total, size) => total + size, 0);
  }
  return sum;
}
