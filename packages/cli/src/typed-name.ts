import { existsSync, realpathSync } from 'node:fs';
import path from 'node:path';

/** What of the process tells how this command line was started. */
export interface Start {
  /** `process.argv[1]`. */
  script: string | undefined;
  env: Readonly<Record<string, string | undefined>>;
  cwd: string;
}

/** How people know the program, and how it is spelled when nothing better is known. */
const NAME = 'sindri';

/**
 * What this person types to run Sindri here: `sindri` when that is on the PATH, `./sindri` in a clone, `npx sindri` in a project,
 * else a path. Every hint and example is spelled with it, so that it can be pasted.
 */
export function typedName({ script, env, cwd }: Start): string {
  // The launcher of a clone says under which name it was called.
  const typed = env['SINDRI_TYPED'] || script;
  if (typed === undefined || path.basename(typed) !== NAME) return NAME;
  if (/[\\/]_npx[\\/]/.test(typed)) return 'npx @sindri/cli';
  const absolute = path.resolve(cwd, typed);
  if (isOnPath(absolute, env)) return NAME;
  if (env['npm_command'] === 'exec' && absolute.includes(path.join('node_modules', '.bin'))) return `npx ${NAME}`;
  // A launcher was typed as it is; Node makes every path absolute.
  return quoted(env['SINDRI_TYPED'] ? typed : nearer(absolute, cwd));
}

function isOnPath(file: string, env: Start['env']): boolean {
  const found = (env['PATH'] ?? '')
    .split(path.delimiter)
    .filter(path.isAbsolute)
    .map((directory) => path.join(directory, NAME))
    .find((candidate) => existsSync(candidate));
  return found !== undefined && (found === file || sameFile(found, file));
}

function sameFile(one: string, other: string): boolean {
  try {
    return realpathSync(one) === realpathSync(other);
  } catch {
    return false;
  }
}

function nearer(absolute: string, cwd: string): string {
  const relative = path.relative(cwd, absolute);
  return relative.startsWith('..') || path.isAbsolute(relative) ? absolute : `.${path.sep}${relative}`;
}

function quoted(word: string): string {
  return /^[\w@%+=:,./\\-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
