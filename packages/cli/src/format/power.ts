import type { PowerOutcome } from '../operations/power.js';
import type { Style } from '../style.js';

export function formatPower({ environment, before, after }: PowerOutcome, style: Style): string {
  const name = style.bold(environment);
  if (before === after) return `${name} was ${after} already.`;
  return `${style.green('✓')} ${name}: ${before} → ${after}`;
}

/** A restart is one also where the state is the same before and after. */
export function formatRestart({ environment, before, after }: PowerOutcome, style: Style): string {
  const state = before === after ? ` and is ${after}` : `: ${before} → ${after}`;
  return `${style.green('✓')} ${style.bold(environment)} was restarted${state}`;
}
