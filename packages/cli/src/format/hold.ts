import type { HoldResult } from '../operations/hold.js';
import type { Style } from '../style.js';
import { duration } from './time.js';

/** The end of a hold. */
export function formatHold({ environment, ended, elapsedMs }: HoldResult, style: Style): string {
  const name = style.bold(environment);
  const took = duration(elapsedMs);
  if (ended === 'interrupted') return `${name} was stopped after ${took}: it is not kept awake any more.`;
  return `${style.green('✓')} ${name} was kept awake for ${took}.`;
}
