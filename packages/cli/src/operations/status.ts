import type { Environment, EnvironmentSummary } from '@sindri/core';
import { formatStatus, type StatusCommands } from '../format/status.js';
import { clockTime, duration } from '../format/time.js';
import type { Shell } from '../shell.js';
import type { Style } from '../style.js';

/** What is there, as a document. */
export interface StatusResult extends EnvironmentSummary {
  schema: 'sindri.status/1';
}

/** The document of a look. */
export function statusResult(summary: EnvironmentSummary): StatusResult {
  return { schema: 'sindri.status/1', ...summary };
}

export interface WatchRequest {
  intervalMs: number;
  commands: StatusCommands;
}

/**
 * Looks every `intervalMs` until interrupted: on a terminal the status stays where it is and changes in place, elsewhere it is told
 * whenever it is another one. A look that fails for a passing reason is shown as such and does not end the watch. Returns the last state.
 */
export async function watchStatus(
  environment: Environment,
  shell: Shell,
  { intervalMs, commands }: WatchRequest,
): Promise<EnvironmentSummary | null> {
  let shown = '';
  let last: EnvironmentSummary | null = null;
  while (!shell.signal.aborted) {
    try {
      const summary = await environment.status();
      const at = shell.now();
      const text = (style: Style) => formatStatus(summary, style, at, commands);
      const isNew = JSON.stringify(summary) !== shown;
      const drawn = shell.redraw(text, (style) => footer(style, at, intervalMs));
      if (!drawn && isNew) shell.update(statusResult(summary), text);
      last = summary;
      shown = JSON.stringify(summary);
    } catch (error) {
      if (shell.signal.aborted) break;
      if (!isPassing(error)) throw error;
      tellTrouble(error as Error);
    }
    try {
      await shell.sleep(intervalMs);
    } catch {
      break;
    }
  }
  return last;

  function tellTrouble({ message }: Error): void {
    const summary = last;
    const at = shell.now();
    const trouble = (style: Style) => style.magenta(`Could not look: ${message} Trying again.`);
    const kept = summary !== null && shell.redraw((style) => formatStatus(summary, style, at, commands), trouble);
    if (!kept) shell.say(trouble);
  }
}

function footer(style: Style, atMs: number, intervalMs: number): string {
  return style.dim(`Looked at ${clockTime(atMs)} UTC, every ${duration(intervalMs)}. Ctrl-C ends.`);
}

function isPassing(error: unknown): boolean {
  return (error as { retryable?: unknown } | null)?.retryable === true;
}
