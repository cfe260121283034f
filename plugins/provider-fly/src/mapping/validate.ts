import type { ConfigProblem, EnvironmentSpec } from '@sindri/core';

export function validateSpec(_spec: EnvironmentSpec): ConfigProblem[] {
  return [];
}
