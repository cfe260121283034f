import type { EnvironmentSpec } from '@sindri/core';

/**
 * The path of a key as the config file spells it (every key may be written in camelCase or snake_case), `undefined` when the
 * file does not hold it and a default is at work.
 */
export function originPath({ origins }: Pick<EnvironmentSpec<object>, 'origins'>, path: string): string | undefined {
  if (Object.hasOwn(origins, path)) return path;
  const plain = (text: string): string => text.replace(/_/g, '').toLowerCase();
  return Object.keys(origins).find((candidate) => plain(candidate) === plain(path));
}

/** Whether the config file itself holds a key. */
export function isInFile(spec: Pick<EnvironmentSpec<object>, 'origins'>, path: string): boolean {
  return originPath(spec, path) !== undefined;
}
