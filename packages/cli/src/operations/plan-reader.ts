import type { ConfigProblem, Environment, Plan } from '@sindri/core';
import { readEarlierDeploys } from './earlier-deploys.js';
import { notesWorthALook, readToldNotes } from './told-notes.js';

/** What a person at this computer is shown of a plan. Documents have the plan as it is. */
export interface PlanReader {
  /** The plan with the notes that are worth a look now. */
  shown(plan: Plan): Plan;
  /** The same choice among the warnings of the config. */
  warnings(plan: Plan): readonly ConfigProblem[];
  /** It is about to be applied. */
  begins(plan: Plan): Promise<void>;
  /** It was applied, or there was nothing to do: what it says was told. */
  ended(plan: Plan): Promise<void>;
}

/** `verbose`: everything, also what was told before. */
export async function openPlanReader(environment: Environment, verbose: boolean): Promise<PlanReader> {
  const [told, earlier] = await Promise.all([readToldNotes(environment), readEarlierDeploys(environment)]);
  const whole = (plan: Plan): Plan =>
    plan.intent === 'deploy' ? { ...plan, notes: [...plan.notes, ...earlier.leftBehind()] } : plan;
  return {
    shown(plan) {
      const all = whole(plan);
      return verbose ? all : { ...all, notes: notesWorthALook(all, told) };
    },
    warnings({ intent, changes }) {
      const { warnings } = environment;
      if (verbose) return warnings;
      // Setting a secret or removing all of it follows no advice on the size of the machine.
      if (intent !== 'deploy') return [];
      if (changes.length > 0) return warnings;
      return warnings.filter(({ message }) => !told.has(message));
    },
    async begins(plan) {
      if (plan.intent === 'deploy') await earlier.remember(plan);
    },
    async ended(plan) {
      if (plan.intent === 'deploy') {
        const messages = [...whole(plan).notes, ...environment.warnings].map(({ message }) => message);
        await told.remember(messages);
      }
      // What it keeps on purpose is no environment that somebody has forgotten.
      if (plan.intent === 'destroy') await Promise.all([told.forget(), earlier.forget()]);
    },
  };
}
