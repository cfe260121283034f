import type { SecretBundle } from '@sindri/core';

/**
 * Variables as lines that a POSIX shell reads, values of several lines too. For what a platform does not set by itself: written to a file,
 * or handed to {@link loginShell}.
 */
export function exportLines(variables: Iterable<readonly [name: string, value: string]>): string {
  const quoted = (value: string): string => `'${value.replaceAll("'", `'\\''`)}'`;
  return [...variables].map(([name, value]) => `export ${name}=${quoted(value)}\n`).join('');
}

/** The secrets of a deploy as {@link exportLines}. Empty when there are none. */
export function secretLines(secrets: SecretBundle): string {
  return exportLines(secrets.entries.map(({ name }) => [name, secrets.reveal(name)] as const));
}

/** What {@link exportLines} has written. */
export function readExportLines(text: string): Map<string, string> {
  const found = text.matchAll(/^export (\w+)='((?:[^']|'\\'')*)'$/gm);
  return new Map([...found].map(([, name = '', value = '']) => [name, value.replaceAll(`'\\''`, "'")]));
}

/** What a shell of {@link loginShell} and a command of {@link withExports} find the lines in, before it is gone. */
export const exportsVariable = 'SINDRI_SECRETS';

const READ = `eval "$${exportsVariable}"; unset ${exportsVariable};`;

/** `command` with the variables whose lines are in {@link exportsVariable}. */
export function withExports(command: readonly string[]): string[] {
  return ['/bin/sh', '-c', `${READ} exec "$@"`, 'sindri', ...command];
}

/** `entrypoint` with the variables whose lines are in a file. */
export function withExportsFrom(file: string, entrypoint: readonly string[]): string[] {
  return ['/bin/sh', '-c', `. ${file}; exec "$@"`, 'sindri', ...entrypoint];
}

/**
 * The login shell of whoever runs this, as /etc/passwd says it, or `command` in one. The variables whose lines are in
 * {@link exportsVariable} come after the profile: that of a Sindri image sets them, too, and cuts values at their first line.
 */
export function loginShell(command?: string): string[] {
  return ['/bin/sh', '-c', LOGIN_SHELL, 'sindri', ...(command === undefined ? [] : [command])];
}

const LOGIN_SHELL = [
  's=$(sed -n "s/^$(id -un 2>/dev/null):.*://p" /etc/passwd 2>/dev/null)',
  '[ -x "$s" ] || s=/bin/sh',
  `exec "$s" -lc '${READ} [ $# = 0 ] && exec "$0"; eval "$1"' "$s" \${1+"$1"}`,
].join('; ');
