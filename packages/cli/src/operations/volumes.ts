import type { Environment, EnvironmentSummary, VolumeSummary } from '@sindri/core';

export interface VolumesResult {
  schema: 'sindri.volumes/1';
  environment: string;
  provider: string;
  /** The one with the workspace first. */
  volumes: VolumeSummary[];
}

/** The volumes of an environment, used or not, with the summary that tells them. Does not wake it. */
export async function listVolumes(
  environment: Environment,
): Promise<{ result: VolumesResult; summary: EnvironmentSummary }> {
  const summary = await environment.status();
  const volumes = summary.volumes ?? (await namesOf(environment, summary));
  const { name } = environment.spec;
  return {
    result: { schema: 'sindri.volumes/1', environment: name, provider: environment.provider.name, volumes },
    summary,
  };
}

/** What is known where a provider does not tell its volumes one by one: their names, and which are kept without being used. */
async function namesOf(environment: Environment, { kept = [], state }: EnvironmentSummary): Promise<VolumeSummary[]> {
  const { resources } = await environment.observe();
  return resources
    .filter(({ type, status, owned }) => type === 'volume' && status === 'present' && owned === true)
    .map(({ name }) => ({
      id: name,
      name,
      sizeGb: null,
      used: null,
      region: null,
      usedBy:
        state === 'absent' || kept.some((text) => text.split(/[\s,]+/).includes(name)) ? null : environment.spec.name,
      createdAt: null,
      problem: null,
    }));
}
