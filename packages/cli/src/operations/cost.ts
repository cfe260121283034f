import type { CostReport, Environment } from '@sindri/core';

export interface CostResult extends CostReport {
  schema: 'sindri.cost/1';
  environment: string;
  provider: string;
}

/** The bill of an environment; `hours` awake in a month instead of those that are measured or assumed. Does not wake it. */
export async function showCost(environment: Environment, hours: number | undefined): Promise<CostResult> {
  const report = await environment.cost(hours === undefined ? {} : { hours });
  return {
    schema: 'sindri.cost/1',
    environment: environment.spec.name,
    provider: environment.provider.name,
    ...report,
  };
}
