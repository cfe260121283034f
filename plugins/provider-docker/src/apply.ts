import { applied, canonicalJson, createApply, skipped, type ApplyResult, type ProviderV1 } from '@sindri/core';
import * as docker from '@sindri/docker-engine';
import type { Engine } from '@sindri/docker-engine';
import { sshPort, withExportsFrom } from '@sindri/image-contract';
import { requireOurs } from './container.js';
import { errors } from './docker-error.js';
import { secretsFile, writeSecrets } from './inside.js';
import { keysInside } from './keys.js';
import { isOurs } from './observe.js';
import { accessTo, secretsFor, updateSecrets } from './secrets.js';
import { markOf, namesOf, recipeOf, settingsIn, type Settings } from './settings.js';
import type { DockerApply, DockerChange, DockerShapes } from './shapes.js';

type Result = ApplyResult<{ id?: string }, never>;
const THERE = skipped('it is there');

/** The member `apply`. */
export function createDockerApply(open: docker.OpenEngine): ProviderV1<DockerShapes>['apply'] {
  return createApply<DockerShapes, Engine>(open, errors, {
    'image:prepare': pull,
    'network:create': createNetwork,
    'volume:create': createVolume,
    'snapshot:create': copy,
    'container:create': makeContainer,
    'container:replace': makeContainer,
    'container:adopt': makeContainer,
    'container:update': (engine, { payload: { container = '', settings } }) =>
      docker.updateContainer(engine, container, settings as Settings),
    'container:start': start,
    'container:delete': (engine, { resource, payload }, context) =>
      docker.removeContainer(engine, payload.container ?? resource.name, context),
    'network:delete': (engine, { resource }) => docker.remove(engine, `/networks/${resource.name}`),
    'volume:delete': (engine, { resource }, context) => docker.removeVolume(engine, resource.name, context),
    'snapshot:delete': (engine, { resource }, context) => docker.removeVolume(engine, resource.name, context),
    'secrets:update': (engine, { payload }, context) => updateSecrets(engine, payload, context),
    'secrets:delete': (engine, { resource }, context) => docker.removeKept(engine, resource.name, context),
    async 'keys:update'(engine, { payload }, context) {
      const container = await requireOurs(engine, context.spec.name, context);
      const key = payload.key ?? { fingerprint: '' };
      return (await keysInside.change({ engine, container }, key, context)) ? applied() : THERE;
    },
  });
}

async function pull(engine: Engine, { id, resource }: DockerChange, context: DockerApply): Promise<Result> {
  const { image, options } = context.spec;
  const isFresh = image?.pullPolicy === 'Always';
  const wanted = { reference: resource.name, platform: options.platform ?? null, isFresh };
  return (await docker.fetchImage(engine, wanted, id, context)) ? applied() : THERE;
}

async function createNetwork(engine: Engine, { resource }: DockerChange, { spec }: DockerApply): Promise<Result> {
  const { Labels, made } = await docker.ensureNetwork(engine, resource.name, markOf(spec.name));
  if (!isOurs(Labels, spec.name)) throw errors.taken(resource);
  return made ? applied() : THERE;
}

async function createVolume(engine: Engine, change: DockerChange, context: DockerApply): Promise<Result> {
  const { resource, payload } = change;
  if (payload.from !== undefined) return copy(engine, change, context);
  const mark = markOf(context.spec.name, { role: 'home', generation: 1 });
  const { Labels } = await docker.ensureVolume(engine, resource.name, mark);
  if (!isOurs(Labels, context.spec.name)) throw errors.taken(resource);
  return applied();
}

async function makeContainer(engine: Engine, change: DockerChange, context: DockerApply): Promise<Result> {
  const { payload, resource } = change;
  const { settings: wanted, container: former, asleep = false } = payload;
  const settings = wanted as Settings;
  const image = await docker.requireImage(engine, settings.image);
  const secrets = await secretsFor(engine, settings, former, context);
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
  const { id, status, started } = found ?? { id: resource.name, status: 'created', started: false };
  const fill = () => writeSecrets(engine, id, secrets, !image.isRoot);
  await docker.beginContainer(engine, { id, status, started }, { fill, asleep, ...wait(context) }, context);
  return started ? THERE : applied({ id });
}

const wait = ({ detach }: DockerApply) => ({ port: sshPort, detach });

async function start(engine: Engine, { resource, payload }: DockerChange, context: DockerApply): Promise<Result> {
  const { container: id = resource.name, settings: wanted } = payload;
  const found = await docker.findContainer(engine, id);
  if (found === null) throw errors.changed(resource.name);
  const settings = wanted as Settings;
  async function fill(): Promise<void> {
    const { isRoot } = await docker.requireImage(engine, settings.image);
    await writeSecrets(engine, id, await secretsFor(engine, settings, id, context), !isRoot);
  }
  await docker.beginContainer(engine, found, { fill, ...wait(context) }, context);
  return applied({ id });
}

async function copy(engine: Engine, { resource, payload }: DockerChange, context: DockerApply): Promise<Result> {
  const { spec, launchId } = context;
  const isSnapshot = resource.type === 'snapshot';
  const to = isSnapshot ? `${namesOf(spec.name).container}-snapshot-${launchId.slice(0, 12)}` : resource.name;
  const { generation = 1, from = '' } = payload;
  const { image, accessLabels } = accessTo(to, context);
  const labels = markOf(spec.name, isSnapshot ? { role: 'snapshot', of: from } : { role: 'home', generation });
  await docker.copyVolume(engine, { from, to, labels, image, copierLabels: accessLabels }, context);
  return applied({ id: to });
}
