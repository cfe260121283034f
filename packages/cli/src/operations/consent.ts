import type { Plan } from '@sindri/core';
import type { Shell } from '../shell.js';
import { questionFor } from './intents.js';
import { coreError } from '../error.js';

/** What somebody has agreed to already. */
export interface Agreed {
  /** `--yes`. */
  yes?: boolean;
  /** A plan that was saved, and read before it came here. */
  plan?: Plan;
}

/**
 * Gets consent to a plan that is shown, by what it does. A destroy needs the typed name of the environment, or `--yes`. Anything
 * else is asked on a terminal; without one, only a plan that replaces or loses something needs `--yes`. A saved plan was agreed to
 * when it was saved, except for what `plan.consents` lists. Throws `CONFIRMATION_REQUIRED` when nobody can be asked,
 * `OPERATION_CANCELLED` after a no. Returns whether somebody agreed in person: core does not apply without it what needs a consent.
 */
export async function requireConsent(plan: Plan, shell: Shell, { yes, plan: saved }: Agreed): Promise<boolean> {
  if (yes === true) return true;
  if (plan.intent === 'destroy') return askForName(plan.environment, shell);
  if (saved !== undefined && plan.consents === undefined) return false;
  if (shell.prompts === null) {
    if (saved === undefined && isDestructive(plan)) {
      throw confirmationRequired('This plan replaces or loses something', '--yes');
    }
    return false;
  }
  if (!(await shell.prompts.confirm(questionFor(plan), shell.signal))) throw declined();
  return true;
}

/** Whether a plan takes away something that a second deploy does not bring back. */
function isDestructive(plan: Plan): boolean {
  return plan.changes.some(({ impact }) => impact.includes('replace') || impact.includes('data-loss'));
}

async function askForName(name: string, shell: Shell): Promise<true> {
  if (shell.prompts === null) throw confirmationRequired(`This deletes ${name} for good`, '--yes');
  shell.say((style) => style.bold('This cannot be undone.'));
  const question = `Type the name of the environment (${name}) to destroy it:`;
  if (!(await shell.prompts.typed(question, name, shell.signal))) throw declined();
  return true;
}

function confirmationRequired(what: string, flag: string): Error {
  return coreError({
    code: 'CONFIRMATION_REQUIRED',
    kind: 'usage',
    message: `${what}, and there is no terminal to ask at. Nothing was changed.`,
    hint: `Read the plan, then run it again with ${flag}.`,
    details: { flag },
  });
}

function declined(): Error {
  return coreError({ code: 'OPERATION_CANCELLED', kind: 'cancelled', message: 'Nothing was changed.' });
}
