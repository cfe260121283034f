import type { IntentName, Plan } from '@sindri/core';
import type { NextCommand } from '../next-commands.js';
import { coreError } from '../error.js';

/** How people say an intent. */
interface IntentWords {
  /** The command that walks its road, without `sindri`. */
  command: string;
  question: string;
}

const words = {
  deploy: { command: 'deploy', question: 'Deploy?' },
  destroy: { command: 'destroy', question: 'Destroy?' },
  'key.admit': { command: 'keys add', question: 'Let this key log in?' },
  'key.remove': { command: 'keys remove', question: 'Take this key away?' },
  'secrets.deploy': { command: 'secrets deploy', question: 'Make these secrets live?' },
  'secrets.protect': { command: 'secrets protect', question: 'Mint the token?' },
  'secrets.set': { command: 'secrets set', question: 'Apply these changes?' },
  'snapshot.create': { command: 'volume snapshot', question: 'Take the snapshot?' },
  'snapshot.delete': { command: 'volume delete-snapshot', question: 'Delete the snapshot?' },
  'snapshot.restore': { command: 'volume restore', question: 'Restore the snapshot?' },
  'volume.delete': { command: 'volume delete', question: 'Delete the volume, with what is on it?' },
  'volume.extend': { command: 'volume extend', question: 'Extend the volume?' },
} satisfies Record<IntentName, IntentWords>;

const wordsOf = (intent: string): IntentWords | undefined =>
  Object.hasOwn(words, intent) ? words[intent as keyof typeof words] : undefined;

/** The command for an intent, without `sindri`. */
export function commandFor(intent: string): string | undefined {
  return wordsOf(intent)?.command;
}

/** An intent as a command line says it: with a saved plan it may leave out what the plan says. */
export type Wanted = { intent: keyof typeof words } & Readonly<Record<string, unknown>>;

/** What to ask before a plan is applied that takes nothing away. */
export function questionFor({ intent }: Plan): string {
  return wordsOf(intent)?.question ?? 'Apply this plan?';
}

/** `plan`, when it is one for what is wanted. Throws `PLAN_INVALID` otherwise, and names the command that applies it. */
export function requireWanted(plan: Plan, { intent, ...parameters }: Wanted, next: NextCommand): Plan {
  const known = wordsOf(plan.intent);
  if (plan.intent !== intent) {
    throw invalid(
      `This is a plan for "${plan.intent}"; ${words[intent].command} does not apply it.`,
      known === undefined
        ? 'No command of this version of Sindri applies it. Make a new one.'
        : `Run: ${next(known.command)} --plan FILE`,
    );
  }
  const planned: Readonly<Record<string, unknown>> = { keep: plan.keep ?? [], ...plan.parameters };
  for (const [name, value] of Object.entries(parameters)) {
    if (value === undefined || JSON.stringify(planned[name]) === JSON.stringify(value)) continue;
    throw invalid(
      `This plan was made for another "${name}": ${JSON.stringify(planned[name]) ?? 'none'}, not ${JSON.stringify(value)}.`,
      'Leave the value out to apply the plan as it is, or make a new plan.',
    );
  }
  return plan;
}

function invalid(message: string, hint: string): Error {
  return coreError({ code: 'PLAN_INVALID', kind: 'usage', message, hint });
}
