import type { Plan, SindriError } from '@sindri/core';
import { core } from '../lazy.js';

/** Whether a plan takes away something that a second deploy does not bring back. */
export function isDestructive(plan: Plan): boolean {
  return plan.changes.some(({ impact }) => impact.includes('replace') || impact.includes('data-loss'));
}

/** Nobody can be asked, and the work must not start unasked. */
export function confirmationRequired(what: string, flag: string): SindriError {
  const { SindriError } = core();
  return new SindriError({
    code: 'CONFIRMATION_REQUIRED',
    kind: 'usage',
    message: `${what}, and there is no terminal to ask at. Nothing was changed.`,
    hint: `Read the plan, then run it again with ${flag}.`,
    details: { flag },
  });
}

/** The person said no. */
export function declined(): SindriError {
  const { SindriError } = core();
  return new SindriError({ code: 'OPERATION_CANCELLED', kind: 'cancelled', message: 'Nothing was changed.' });
}
