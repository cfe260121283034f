import type { Environment, EnvironmentSummary } from '@sindri/core';
import { formatStatus, type StatusCommands } from '../format/status.js';
import type { Shell } from '../shell.js';

export interface WatchRequest {
  intervalMs: number;
  commands: StatusCommands;
}

/**
 * Looks every `intervalMs` and shows the state whenever it is another one, until interrupted. A look that fails for a passing
 * reason is shown as such and does not end the watch. Returns the last state.
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
      last = summary;
      const text = JSON.stringify(summary);
      if (text !== shown) shell.update(summary, (style) => formatStatus(summary, style, shell.now(), commands));
      shown = text;
    } catch (error) {
      if (shell.signal.aborted) break;
      if (!isPassing(error)) throw error;
      shell.say((style) => style.magenta(`Could not look: ${(error as Error).message} Trying again.`));
    }
    try {
      await shell.sleep(intervalMs);
    } catch {
      break;
    }
  }
  return last;
}

function isPassing(error: unknown): boolean {
  return (error as { retryable?: unknown } | null)?.retryable === true;
}
