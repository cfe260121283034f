/** What a bare number counts: MB for memory, GB for a volume. */
export type SizeKind = 'memory' | 'volume';

const SIZE = /^(\d+(?:\.\d+)?)\s*(?:([MGT])I?B?)?$/i;
const MB_PER_UNIT = { M: 1, G: 1024, T: 1024 * 1024 } as const;
const SMALLEST = 1 / 1024;

/** A size that cannot be read; `message` goes behind the name of the key: "must be …". */
export class SizeError extends Error {
  override readonly name = 'SizeError';
}

/**
 * Reads a size: `4GB`, `512MB`, `1TB`, `4Gi`, `4 GB`, `0.5TB`, in any case; all units are binary (1 GB = 1024 MB). Returns MB
 * for memory and GB for a volume, and a bare number is taken to be that already. Throws {@link SizeError}, never guesses.
 */
export function parseSize(text: string | number, kind: SizeKind): number {
  const match = SIZE.exec(String(text).trim());
  if (match === null) throw new SizeError('must be a size such as `4GB`, `512MB`, `4Gi` or `0.5TB`');
  const unit = match[2]?.toUpperCase() as keyof typeof MB_PER_UNIT | undefined;
  const number = Number(match[1]);
  const mb = number * MB_PER_UNIT[unit ?? (kind === 'memory' ? 'M' : 'G')];
  if (mb <= 0) throw new SizeError('must be more than nothing');
  if (mb > Number.MAX_SAFE_INTEGER) throw new SizeError('is too large');
  if (kind === 'volume') {
    if (mb / 1024 < SMALLEST) throw new SizeError('must be at least `1MB`');
    return mb / 1024;
  }
  if (!Number.isInteger(mb)) throw new SizeError(`must come to whole megabytes (this is ${mb} MB)`);
  return mb;
}

/** Whether the size says its unit. */
export function hasUnit(text: string | number): boolean {
  return typeof text === 'string' && /[a-z]/i.test(text);
}

/** `512MB`, `4GB`: the shortest exact way to write so many MB. */
export function formatMemory(mb: number): string {
  if (mb >= 1024 && mb % 512 === 0) return formatSize(mb / 1024);
  return `${mb}MB`;
}

/** `30GB`, `512MB`, `1TB`: the shortest exact way to write so many GB. */
export function formatSize(gb: number): string {
  if (gb >= 1024 && gb % 1024 === 0) return `${gb / 1024}TB`;
  if (gb < 1) return `${gb * 1024}MB`;
  return `${gb}GB`;
}
