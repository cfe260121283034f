import path from 'node:path';

const MAXIMUM_LENGTH = 63;

/**
 * `My Project (2)` → `my-project-2`: the name that an environment can have which comes nearest to `text`, or `null` when
 * nothing of it is left.
 */
export function slugOf(text: string): string | null {
  const slug = text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+/, '')
    .slice(0, MAXIMUM_LENGTH)
    .replace(/-+$/, '');
  return slug === '' ? null : slug;
}

/** The name of an environment whose config says none. */
export function nameFromDirectory(directory: string): string | null {
  return slugOf(path.basename(directory));
}
