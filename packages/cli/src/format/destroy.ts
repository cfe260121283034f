import type { DestroyResult } from '../operations/destroy.js';
import type { Style } from '../style.js';
import { monthlyDelta } from './money.js';
import { duration } from './time.js';

export function formatDestroy(result: DestroyResult, style: Style): string {
  const name = style.bold(result.environment);
  if (result.status === 'absent') return `Nothing to destroy: there is no ${name} on ${result.provider}.`;
  const saved = result.monthlySaved === null ? '' : monthlyDelta(result.monthlySaved).replace(/^\+/, '');
  return [
    `${style.green('✓')} ${name} is gone (${duration(result.elapsedMs)}); looked again and found nothing left.`,
    ...(result.kept.length === 0 ? [] : [`  Kept: ${result.kept.join(', ')}`]),
    ...(saved === '' ? [] : [`  Saves ${saved}.`]),
  ].join('\n');
}
