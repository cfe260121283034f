import * as core from '@sindri/core';
import { keepSecrets, readKeptSecrets, type Engine, type SecretStore } from '@sindri/docker-engine';
import { exportLines, resolveImage } from '@sindri/image-contract';
import { errors } from './docker-error.js';
import { readSecrets } from './inside.js';
import { worldOf } from './observe.js';
import { markOf, namesOf, type Settings } from './settings.js';
import type { ContainerData, DockerApply, DockerShapes, Payload } from './shapes.js';
import { sortWorld, stateOf, type World } from './world.js';

/** A new container instead of the one that is there, which sleeps where that slept. */
export function replacement(
  { type, name, data }: World['container'],
  settings: Settings,
): core.BringingChange<Payload> {
  const there = data as ContainerData;
  const payload = { settings, container: there.id, asleep: ['stopped', 'suspended'].includes(stateOf(there)) };
  return { action: 'replace', resource: { type, name }, impact: ['replace'], payload };
}

export const secretsParts: core.SecretsParts<DockerShapes, World> = {
  of({ container: { name, owned, data }, store }) {
    const state = owned && data?.settings ? stateOf(data) : null;
    // What nobody has finished may lack what its label says.
    const inside = state === null || state === 'incomplete' ? {} : data?.settings?.secrets;
    return { name, state, inside: inside ?? {}, kept: store?.data?.kept ?? {}, since: data?.createdAt ?? null };
  },
  payload: (secrets) => ({ secrets }),
  bring: (secrets, _request, { container }) =>
    replacement(container, { ...(container.data?.settings as Settings), secrets }),
};

/** Of a container that only leads to volumes: an image that the engine has, and our mark. */
export function accessTo(of: string, { spec, observation }: DockerApply) {
  const { container, facts } = sortWorld(observation);
  const image = container.data?.imageId ?? facts.image ?? resolveImage(spec).reference;
  return { image, accessLabels: markOf(spec.name, { role: 'copy', of }) };
}

/** Keeps what is set in a volume of its own, and the values nowhere else. */
export async function updateSecrets(engine: Engine, { secrets }: Payload, context: DockerApply): Promise<void> {
  const { spec, observation } = context;
  const world = sortWorld(observation);
  const stem = `${namesOf(spec.name).container}-secrets`;
  const store: SecretStore = {
    stem,
    former: world.stores,
    labels: (generation, kept) => markOf(spec.name, { role: 'secrets', generation, secrets: core.canonicalJson(kept) }),
    ...accessTo(stem, context),
  };
  const update = secrets ?? { set: {}, forget: [] };
  if (!(await keepSecrets(engine, store, secretsParts.of(world), update, context))) throw errors.changed(stem);
}

/** The lines of a container's secrets: from who gives them, from where they are kept, else from the container that it replaces. */
export async function secretsFor(
  engine: Engine,
  { secrets: wanted }: Settings,
  former: string | undefined,
  context: DockerApply,
): Promise<string> {
  const values = await core.gatherValues(wanted, context.secrets, {
    async kept() {
      const { name: volume = '', data } = (await worldOf(engine, context.spec, context)).store ?? {};
      const file = { volume, ...accessTo(volume, context) };
      return { kept: data?.kept ?? {}, read: () => readKeptSecrets(engine, file, context) };
    },
    former: async () => (former === undefined ? new Map() : (await readSecrets(engine, former, context)).values),
  });
  if (values === null) throw errors.changed(namesOf(context.spec.name).container);
  return exportLines(values);
}
