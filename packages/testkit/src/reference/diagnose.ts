import type { Diagnosis, EnvironmentSpec, Observation } from '@sindri/core';
import { summarizeReference } from './summary.js';

/** What is wrong, by what was observed. */
export function diagnoseReference(spec: EnvironmentSpec, observation: Observation): Diagnosis {
  const { state } = summarizeReference(spec, observation);
  const deploy = [{ text: null, command: 'sindri deploy' }];
  const common = { severity: 'problem' as const, evidence: [`The state of ${spec.name} is ${state}.`] };
  if (state === 'absent') {
    const title = 'Nothing is deployed';
    const cause = 'No machine of this environment exists.';
    return { findings: [{ ...common, id: 'not-deployed', title, cause, fix: deploy }], unknown: [] };
  }
  if (state === 'failed' || state === 'incomplete') {
    const title = 'It does not run';
    const cause = 'Its main process has ended by itself.';
    return { findings: [{ ...common, id: 'failed', title, cause, fix: deploy }], unknown: [] };
  }
  return { findings: [], unknown: [] };
}
