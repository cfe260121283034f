import type { Env } from '../shell.js';

/** Whether this runs in a step of GitHub Actions, which reads commands from what is printed. */
export function inGitHubActions(env: Env): boolean {
  return env['GITHUB_ACTIONS'] === 'true';
}

/**
 * Text in which the runner finds no workflow command. It takes `::name …::` at the start of a line, blanks before it or not, and the older
 * `##[name]` anywhere in one. Everything else stays as it is.
 */
export function inertText(text: string): string {
  return text.replace(/^(\s*):(?=:)/gmu, '$1: ').replace(/##(?=\[)/g, '## ');
}

/** The same stream for text of others: nothing that is written there is a command. The parts of a line are written together. */
export function inertStream<Stream extends { write(text: string): unknown }>(stream: Stream): Stream {
  const write = (text: string | Uint8Array, ...rest: unknown[]): unknown =>
    (stream.write as (...all: unknown[]) => unknown).call(
      stream,
      typeof text === 'string' ? inertText(text) : text,
      ...rest,
    );
  return Object.create(stream, { write: { value: write, writable: true } }) as Stream;
}
