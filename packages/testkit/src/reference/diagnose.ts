import { findingsOfState, type Diagnosis, type EnvironmentSpec, type Observation } from '@sindri/core';
import { summarizeReference } from './summary.js';

/** What is wrong, by what was observed. */
export function diagnoseReference(spec: EnvironmentSpec, observation: Observation): Diagnosis {
  return { findings: findingsOfState(summarizeReference(spec, observation)), unknown: [] };
}
