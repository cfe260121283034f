import path from 'node:path';
import type { EnvironmentSpec, EnvironmentSummary, VolumeSnapshot, VolumeSummary } from '@sindri/core';
import { core } from '../lazy.js';
import type { Candidate } from './expected.js';

/**
 * Names of things of an environment that a command has seen last. They are for completion alone, which must not ask a platform: nobody
 * decides anything by them, and they may be out of date.
 */
export interface SeenNames {
  instances: Candidate[];
  volumes: Candidate[];
  /** Volumes that the environment does not use. */
  kept: Candidate[];
  snapshots: Candidate[];
}

type Named = Pick<EnvironmentSpec, 'name' | 'provider'>;

const MOST = 100;

/** Never rejects: what cannot be read is not there. */
export async function readSeen(stateDir: string, environment: Named): Promise<SeenNames> {
  const value = await storeIn(stateDir)
    .readJson(fileOf(environment))
    .catch(() => null);
  const kept = (value ?? {}) as Record<string, unknown>;
  return {
    instances: candidates(kept['instances']),
    volumes: candidates(kept['volumes']),
    kept: candidates(kept['kept']),
    snapshots: candidates(kept['snapshots']),
  };
}

/** Notes what a status tells, or the snapshots. Never rejects, and writes only what has changed. */
export async function noteSeen(
  stateDir: string,
  environment: Named,
  { summary, snapshots }: { summary?: EnvironmentSummary; snapshots?: readonly VolumeSnapshot[] },
): Promise<void> {
  const before = await readSeen(stateDir, environment);
  const now: SeenNames = { ...before };
  if (summary !== undefined) {
    now.instances = (summary.instances ?? []).map(({ name, state }) => ({ value: name, description: state }));
    // As people say it, with the name in it: `volume home_data, 30 GB`.
    now.kept =
      summary.volumes?.filter(({ usedBy }) => usedBy === null).map(candidateOf) ??
      (summary.kept ?? []).flatMap((text) => {
        const [, value, description] = /^volume (.+?), (.*)$/.exec(text) ?? [];
        return value === undefined ? [] : [{ value, ...(description === undefined ? {} : { description }) }];
      });
  }
  if (snapshots !== undefined) {
    now.snapshots = snapshots.map(({ id, volume, createdAt }) => ({
      value: id,
      description: `${volume}${createdAt === null ? '' : `, ${createdAt}`}`,
    }));
    now.volumes = [...new Set(snapshots.map(({ volume }) => volume))].map((value) => ({ value }));
  }
  if (JSON.stringify(now) === JSON.stringify(before)) return;
  await storeIn(stateDir)
    .writeJson(fileOf(environment), JSON.parse(JSON.stringify(now)))
    .catch(() => undefined);
}

function candidateOf({ id, name, sizeGb }: VolumeSummary): Candidate {
  return { value: id, description: `${name}${sizeGb === null ? '' : `, ${sizeGb} GB`}` };
}

function storeIn(stateDir: string) {
  return core().createFileStore(path.join(stateDir, 'completion'));
}

function fileOf({ name, provider }: Named): string {
  return `${provider}/${name}.json`;
}

function candidates(value: unknown): Candidate[] {
  if (!Array.isArray(value)) return [];
  return value.slice(0, MOST).flatMap((item: unknown) => {
    const { value: name, description } = (item ?? {}) as Record<string, unknown>;
    if (typeof name !== 'string') return [];
    return [{ value: name, ...(typeof description === 'string' ? { description } : {}) }];
  });
}
