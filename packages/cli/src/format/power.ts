import type { PowerOutcome } from '../operations/power.js';
import type { Style } from '../style.js';
import { plainText } from '../terminal/outside-text.js';

export function formatPower(outcome: PowerOutcome, style: Style): string {
  const { before, after } = outcome;
  const name = nameOf(outcome, style);
  if (before === after) return `${name} was ${after} already.`;
  return `${style.green('✓')} ${name}: ${before} → ${after}`;
}

/** A restart is one also where the state is the same before and after. */
export function formatRestart(outcome: PowerOutcome, style: Style): string {
  const { before, after } = outcome;
  const state = before === after ? ` and is ${after}` : `: ${before} → ${after}`;
  return `${style.green('✓')} ${nameOf(outcome, style)} was restarted${state}`;
}

function nameOf({ environment, instance }: PowerOutcome, style: Style): string {
  return style.bold(instance === undefined ? environment : `${plainText(instance)} of ${environment}`);
}
