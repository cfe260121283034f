import { applied, canonicalJson, skipped, type ApplyResult } from '@sindri/core';
import * as docker from '@sindri/docker-engine';
import type { Engine } from '@sindri/docker-engine';
import { resolveImage, secretLines, sshPort, withExportsFrom } from '@sindri/image-contract';
import { requireOurs } from './container.js';
import { errors } from './docker-error.js';
import { readSecrets, secretsFile, writeSecrets } from './inside.js';
import { changeKey } from './keys.js';
import { isOurs } from './observe.js';
import { markOf, namesOf, recipeOf, settingsIn, type Settings } from './settings.js';
import type { DockerApply, DockerChange } from './shapes.js';
import { sortWorld } from './world.js';

type Result = ApplyResult<{ id?: string }, never>;
type Act = (engine: Engine, change: DockerChange, context: DockerApply) => Promise<Result>;

const deleteVolume: Act = async (engine, { resource }, context) => {
  await docker.removeVolume(engine, resource.name, context);
  return applied();
};

const acts: Readonly<Record<string, Act>> = {
  'image:prepare': pull,
  'network:create': createNetwork,
  'volume:create': createVolume,
  'snapshot:create': copy,
  'container:create': makeContainer,
  'container:replace': makeContainer,
  'container:adopt': makeContainer,
  async 'container:update'(engine, { payload }) {
    const { container: id = '', settings } = payload;
    await docker.updateContainer(engine, id, settings as Settings);
    return applied({ id });
  },
  'container:start': start,
  async 'container:delete'(engine, { resource, payload }, context) {
    await docker.removeContainer(engine, payload.container ?? resource.name, context);
    return applied();
  },
  async 'network:delete'(engine, { resource }) {
    await docker.remove(engine, `/networks/${resource.name}`);
    return applied();
  },
  'volume:delete': deleteVolume,
  'snapshot:delete': deleteVolume,
  async 'keys:update'(engine, { payload }, context) {
    const container = await requireOurs(engine, context.spec.name);
    const isDone = await changeKey({ engine, container }, payload.key, context);
    return isDone ? applied() : skipped('it is there');
  },
};

export async function applyChange(engine: Engine, change: DockerChange, context: DockerApply): Promise<Result> {
  const act = acts[`${change.resource.type}:${change.action}`];
  if (act === undefined) throw errors.unplanned(change.id);
  return act(engine, change, context);
}

async function pull(engine: Engine, { id, resource }: DockerChange, context: DockerApply): Promise<Result> {
  const { name: reference } = resource;
  const { image, options } = context.spec;
  const isThere = (await engine.find(`/images/${reference}/json`)) !== null;
  // Nobody had looked for it when the plan was made, or it has come since. It may be one that no registry has.
  if (isThere && image?.pullPolicy !== 'Always') return skipped('it is there');
  const message = `pulling ${reference}`;
  await docker.pullImage(engine, { reference, platform: options.platform ?? null }, context, (progress) =>
    context.emit({ type: 'change.progress', change: id, message, progress: { ...progress, unit: 'bytes' } }),
  );
  return applied();
}

async function createNetwork(engine: Engine, { resource }: DockerChange, { spec }: DockerApply): Promise<Result> {
  const { Labels, made } = await docker.ensureNetwork(engine, resource.name, markOf(spec.name));
  if (!isOurs(Labels, spec.name)) throw errors.taken(resource);
  return made ? applied() : skipped('it is there');
}

async function createVolume(engine: Engine, change: DockerChange, context: DockerApply): Promise<Result> {
  const { resource, payload } = change;
  if (payload.from !== undefined) return copy(engine, change, context);
  const { name } = context.spec;
  const { Labels } = await docker.ensureVolume(engine, resource.name, markOf(name, { role: 'home', generation: 1 }));
  if (!isOurs(Labels, name)) throw errors.taken(resource);
  return applied();
}

async function makeContainer(engine: Engine, change: DockerChange, context: DockerApply): Promise<Result> {
  const { payload, resource } = change;
  const { settings: wanted, container: former, asleep = false } = payload;
  const settings = wanted as Settings;
  const image = await docker.requireImage(engine, settings.image);
  // What is not a deploy knows no values, and must not lose any.
  const keeps = former !== undefined && Object.keys(settings.secrets).length > 0;
  const secrets = secretLines(context.secrets) || (keeps ? await readSecrets(engine, former, context) : '');
  const found = await docker.ensureContainer(
    engine,
    {
      name: resource.name,
      recipe: recipeOf(context.spec.name, settings, asleep),
      entrypoint: secrets === '' ? null : withExportsFrom(secretsFile, image.command),
      former,
      accept(there) {
        if (!isOurs(there.labels, context.spec.name)) throw errors.taken(resource);
        if (canonicalJson(settingsIn(there)) !== canonicalJson(settings)) throw errors.changed(resource.name);
      },
    },
    context,
  );
  if (found?.started) return settled(engine, found.id, context, skipped('it is there'));
  const id = found?.id ?? resource.name;
  if (secrets !== '') await writeSecrets(engine, id, secrets, !image.isRoot);
  if (asleep) return applied({ id });
  await docker.startContainer(engine, { id, status: 'created' });
  return settled(engine, id, context, applied({ id }));
}

async function settled(engine: Engine, id: string, context: DockerApply, result: Result): Promise<Result> {
  if (!context.detach) await docker.settleContainer(engine, id, sshPort, context);
  return result;
}

async function start(engine: Engine, { resource, payload }: DockerChange, context: DockerApply): Promise<Result> {
  const found = await docker.findContainer(engine, payload.container ?? resource.name);
  if (found === null) throw errors.changed(resource.name);
  const secrets = found.started ? '' : secretLines(context.secrets);
  if (secrets !== '') await writeSecrets(engine, found.id, secrets);
  await docker.startContainer(engine, found);
  return settled(engine, found.id, context, applied({ id: found.id }));
}

async function copy(engine: Engine, { resource, payload }: DockerChange, context: DockerApply): Promise<Result> {
  const { spec, launchId, observation } = context;
  const isSnapshot = resource.type === 'snapshot';
  const to = isSnapshot ? `${namesOf(spec.name).container}-snapshot-${launchId.slice(0, 12)}` : resource.name;
  const { container, facts } = sortWorld(observation);
  const { generation = 1, from = '' } = payload;
  const one = {
    from,
    to,
    labels: markOf(spec.name, isSnapshot ? { role: 'snapshot', of: from } : { role: 'home', generation }),
    image: container.data?.imageId ?? facts.image ?? resolveImage(spec).reference,
    copierLabels: markOf(spec.name, { role: 'copy', of: to }),
  };
  await docker.copyVolume(engine, one, context);
  return applied({ id: to });
}
