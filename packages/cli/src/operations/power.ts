import type { Environment, EnvironmentState } from '@sindri/core';

export type PowerVerb = 'start' | 'stop' | 'suspend';

export interface PowerOutcome {
  schema: 'sindri.power/1';
  environment: string;
  provider: string;
  before: EnvironmentState;
  after: EnvironmentState;
}

export async function power(environment: Environment, verb: PowerVerb): Promise<PowerOutcome> {
  const { before, after } = await environment[verb]();
  return {
    schema: 'sindri.power/1',
    environment: environment.spec.name,
    provider: environment.provider.name,
    before,
    after,
  };
}
