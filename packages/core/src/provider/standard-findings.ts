import type { Diagnosis, Finding } from '../model/diagnosis.js';
import type { Observation } from '../model/observation.js';
import type { EnvironmentSummary } from '../model/summary.js';

type Told = Pick<EnvironmentSummary, 'environment' | 'state' | 'stateReason'>;

/** For a provider's `diagnose`: what is wrong by the state alone, in the words that all providers share. Empty for what runs or sleeps. */
export function findingsOfState({ environment, state, stateReason }: Told): Finding[] {
  const reason = stateReason === undefined ? [] : [stateReason];
  const common = {
    severity: 'problem' as const,
    evidence: [`The state of ${environment} is ${state}.`, ...reason],
    fix: [{ text: null, command: 'sindri deploy' }],
  };
  if (state === 'absent') {
    const cause = 'No part of this environment exists that could be used.';
    return [{ ...common, id: 'not-deployed', title: 'Nothing is deployed', cause }];
  }
  if (state === 'incomplete') {
    const cause = 'A deploy was interrupted, and only a part of it exists.';
    return [{ ...common, id: 'not-deployed', title: 'It is half deployed', cause }];
  }
  if (state === 'failed')
    return [{ ...common, id: 'failed', title: 'It does not run', cause: 'Its main process has ended by itself.' }];
  return [];
}

/** For a provider's `diagnose`: what was found inside, else what is wrong by the state alone; and whatever could not be read. */
export function makeDiagnosis(
  { resources }: Pick<Observation<object, object>, 'resources'>,
  told: Told,
  inside: Diagnosis | null,
): Diagnosis {
  const unread = resources.flatMap(({ name, reason }) => (reason === undefined ? [] : [`${name}: ${reason}`]));
  return {
    findings: inside?.findings.length ? inside.findings : findingsOfState(told),
    unknown: [...unread, ...(inside?.unknown ?? [])],
  };
}
