import { plainCommand, type NextCommand } from '../next-commands.js';
import type { DestroyResult } from '../operations/destroy.js';
import type { Style } from '../style.js';
import { formatDryRun } from './dry-run.js';
import { duration } from './time.js';

/** The end of a destroy: what is left on purpose, how to delete that. The plan has said what it saves. */
export function formatDestroy(result: DestroyResult, style: Style, next: NextCommand = plainCommand): string {
  const { status, plan, kept, elapsedMs } = result;
  if (status === 'planned') return formatDryRun(plan, style);
  const name = style.bold(result.environment);
  const keptLines = kept.length === 0 ? [] : [`  Kept: ${kept.join(', ')}`, `  Delete it for good: ${next('destroy')}`];
  if (status === 'absent') {
    return [`Nothing to destroy: there is no ${name} on ${result.provider}.`, ...keptLines].join('\n');
  }
  const found = kept.length === 0 ? 'nothing left' : 'nothing else left';
  return [
    `${style.green('✓')} ${name} is gone (${duration(elapsedMs)}); looked again and found ${found}.`,
    ...keptLines,
  ].join('\n');
}
