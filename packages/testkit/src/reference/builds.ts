import { createHash } from 'node:crypto';
import type {
  ApplyContext,
  ApplyResult,
  Builds,
  Change,
  EnvironmentSpec,
  Observation,
  ObservedResource,
  OperationContext,
} from '@sindri/core';
import { callOf } from './client.js';
import type { DesiredThing } from './desired.js';
import type { ReferencePlatform } from './platform.js';

/** Built images are kept in a registry of the platform. */
export const referenceBuilds: Builds = {
  repository: ({ name }) => `registry.reference.invalid/${name}`,
  digest(spec, { resources }) {
    const tag = spec.buildFromSource?.resolved?.tag;
    const image = resources.find(({ type, name }) => type === 'image' && name === tag);
    return (image?.data?.['digest'] as string | undefined) ?? null;
  },
};

/** The image that a spec wants to be built, as the registry has it. */
export async function observeBuild(
  platform: ReferencePlatform,
  spec: EnvironmentSpec,
  context: OperationContext,
): Promise<ObservedResource[]> {
  const name = spec.buildFromSource?.resolved?.tag;
  if (name === undefined) return [];
  const reference = `${referenceBuilds.repository(spec)}:${name}`;
  const digest = await platform.read(callOf(`GET /image/${name}`, context), () => platform.images.get(reference));
  const identity = { id: `image:${name}`, type: 'image', name };
  if (digest === undefined) return [{ ...identity, status: 'absent' }];
  // It costs nothing, and stays when the environment goes.
  return [{ ...identity, status: 'present', owned: false, data: { digest } }];
}

/** What is wanted, with the image that is built in place of a named one; and the change that builds it, while it is not there. */
export function planBuild(
  spec: EnvironmentSpec,
  observation: Observation,
  desired: readonly DesiredThing[],
): { desired: DesiredThing[]; changes: Change[] } {
  const { resolved, repository } = spec.buildFromSource ?? {};
  if (resolved === undefined) return { desired: [...desired], changes: [] };
  const digest = referenceBuilds.digest(spec, observation);
  const name = referenceBuilds.repository(spec);
  const image = digest === null ? `${name}:${resolved.tag}` : `${name}@${digest}`;
  const id = `image:${resolved.tag}:build`;
  const build: Change = {
    id,
    action: 'prepare',
    resource: { type: 'image', name: resolved.tag },
    title: `build image ${resolved.tag} from ${repository ?? ''}`,
    differences: [],
    impact: ['in-place', 'paid'],
    monthlyCostDelta: 0,
    dependsOn: [],
    payload: { commit: resolved.commit, reference: `${name}:${resolved.tag}` },
  };
  return {
    desired: desired.map((thing) =>
      thing.type === 'machine' ? { ...thing, settings: { ...thing.settings, image } } : thing,
    ),
    changes: digest === null ? [build] : [],
  };
}

/** Builds on a machine of its own, and removes that. */
export async function applyBuild(
  platform: ReferencePlatform,
  { payload, resource }: Change,
  context: ApplyContext,
): Promise<ApplyResult> {
  const { name: environment } = context.spec;
  const [commit, reference] = [String(payload['commit']), String(payload['reference'])];
  const id = `builder-${context.launchId}`;
  const createdAt = new Date(context.clock.now()).toISOString();
  await platform.write(callOf('PUT /builder', context), (things) => {
    const made = { id, type: 'builder', name: resource.name, environment, mark: environment } as const;
    things.push({ ...made, settings: {}, power: null, createdAt });
  });
  const digest = `sha256:${createHash('sha256').update(commit).digest('hex')}`;
  await platform.write(callOf(`DELETE /builder/${id}`, context), (things) => {
    platform.images.set(reference, digest);
    things.splice(0, things.length, ...things.filter((thing) => thing.id !== id));
  });
  return { status: 'applied', result: { reference, digest } };
}

/** What was built in this run is used by its digest. */
export function withBuiltImage(image: string, results: ApplyContext['results']): string {
  const built = Object.values(results).find(({ reference }) => reference === image);
  return built === undefined ? image : `${image.replace(/:[^:/]*$/, '')}@${String(built['digest'])}`;
}
