import { openSync } from 'node:fs';
import { devNull } from 'node:os';

type Standard = 'pipe' | 'ignore';

/** Descriptors of this process's sides of open terminals. */
const masters = new Set<number>();
let nowhere: number | null = null;

/** Remembers a terminal's descriptor. Returns what to call once it is closed. */
export function rememberTerminal(fd: number): () => void {
  masters.add(fd);
  return () => void masters.delete(fd);
}

/**
 * `stdio` for a program that must not keep terminals open. node-pty opens them without close-on-exec and Node cannot set it later:
 * every program started meanwhile would hold them, its own terminal included, and closing one would hang up nobody. The program
 * gets the null device in their places.
 */
export function withoutTerminals<Three extends readonly [Standard, Standard, Standard]>(stdio: Three): Three {
  const inherited = Array.from<number | undefined>({ length: Math.max(2, ...masters) + 1 });
  for (const fd of masters) inherited[fd] = nowhere ??= openSync(devNull, 'r+');
  // Node's types know tuples of three only.
  return [...stdio, ...inherited.slice(stdio.length)] as unknown as Three;
}
