import { canonicalJson, createOnce, type ApplyResult } from '@sindri/core';
import {
  copierOf,
  copyVolume,
  createBody,
  ensureNetwork,
  findContainer,
  ignoreConflict,
  limitsBody,
  pullImage,
  remove,
  removeContainer,
  settleContainer,
  startContainer,
  type ContainerFacts,
  type Engine,
  type Labelled,
} from '@sindri/docker-engine';
import { exportLines, resolveImage, sshPort, withExportsFrom } from '@sindri/image-contract';
import { dockerError, errors } from './docker-error.js';
import { readSecrets, secretsFile, writeSecrets } from './inside.js';
import { changeKey } from './keys.js';
import { isOurs } from './observe.js';
import { labels, markOf, namesOf, recipeOf, settingsIn, type Settings } from './settings.js';
import type { DockerApply, DockerChange } from './shapes.js';

type Result = ApplyResult<{ id?: string }, never>;
const applied = (id?: string): Result => ({ status: 'applied', result: id === undefined ? {} : { id } });
const skipped = (reason: string): Result => ({ status: 'skipped', reason, result: {} });

export async function applyChange(engine: Engine, change: DockerChange, context: DockerApply): Promise<Result> {
  const { action, resource, payload } = change;
  const { name, type } = resource;
  switch (`${type}:${action}`) {
    case 'image:prepare':
      return pull(engine, change, context);
    case 'network:create':
      return createNetwork(engine, name, context);
    case 'volume:create':
    case 'snapshot:create':
      return payload.from === undefined ? createVolume(engine, name, context) : copy(engine, change, context);
    case 'container:create':
    case 'container:replace':
    case 'container:adopt':
      return makeContainer(engine, change, context);
    case 'container:update':
      await engine.call('POST', `/containers/${payload.container}/update`, {
        json: limitsBody(payload.settings as Settings),
      });
      return applied(payload.container);
    case 'container:start':
      return start(engine, payload.container ?? name, context);
    case 'container:delete':
      await removeContainer(engine, payload.container ?? name, context);
      return applied();
    case 'network:delete':
      await remove(engine, `/networks/${name}`);
      return applied();
    case 'volume:delete':
    case 'snapshot:delete':
      await removeContainer(engine, copierOf(name), context);
      await remove(engine, `/volumes/${name}`);
      return applied();
    case 'keys:update':
      return (await changeKey(engine, payload, context)) ? applied() : skipped('it is admitted');
    default:
      throw errors.unplanned(change.id);
  }
}

async function pull(engine: Engine, { id, resource }: DockerChange, context: DockerApply): Promise<Result> {
  const { spec, emit } = context;
  const { name: reference } = resource;
  const isThere = (await engine.find(`/images/${reference}/json`)) !== null;
  // Nobody had looked for it when the plan was made, or it has come since. It may be one that no registry has.
  if (isThere && spec.image?.pullPolicy !== 'Always') return skipped('it is there');
  const message = `pulling ${reference}`;
  await pullImage(engine, { reference, platform: spec.options.platform ?? null }, context, (progress) =>
    emit({ type: 'change.progress', change: id, message, progress: { ...progress, unit: 'bytes' } }),
  );
  return applied();
}

async function createNetwork(engine: Engine, name: string, { spec }: DockerApply): Promise<Result> {
  const { Labels, made } = await ensureNetwork(engine, name, markOf(spec.name));
  if (!isOurs(Labels, spec.name)) throw errors.taken({ type: 'network', name });
  return made ? applied() : skipped('it is there');
}

async function createVolume(engine: Engine, name: string, { spec }: DockerApply): Promise<Result> {
  const mark = markOf(spec.name, { [labels.role]: 'home', [labels.generation]: '1' });
  const { Labels } = await engine.call<Labelled>('POST', '/volumes/create', { json: { Name: name, Labels: mark } });
  // An engine answers with the one that is there, whoever made it.
  if (!isOurs(Labels, spec.name)) throw errors.taken({ type: 'volume', name });
  return applied();
}

async function makeContainer(engine: Engine, { payload }: DockerChange, context: DockerApply): Promise<Result> {
  const { spec, detach } = context;
  const { settings: wanted, container: former, asleep = false } = payload;
  const settings = wanted as Settings;
  const { container: name } = namesOf(spec.name);
  type Image = { Config: { Entrypoint: string[] | null; Cmd: string[] | null; User: string } };
  const image = await engine.find<Image>(`/images/${settings.image}/json`);
  if (image === null) {
    const message = `The engine has no image ${settings.image} any more.`;
    throw dockerError('DOCKER_IMAGE_MISSING', 'refused', message, 'Run the command again: it is pulled.');
  }
  const { Entrypoint, Cmd, User } = image.Config;
  const secrets = await secretsFor(engine, settings, former, context);
  const entrypoint = secrets === '' ? null : withExportsFrom(secretsFile, [...(Entrypoint ?? []), ...(Cmd ?? [])]);
  const found = await createOnce<ContainerFacts>(
    {
      find: () => findContainer(engine, name),
      create: () =>
        engine
          .call('POST', '/containers/create', {
            query: { name, platform: settings.platform },
            json: createBody(recipeOf(spec.name, settings, asleep), entrypoint),
          })
          .catch(ignoreConflict),
      former: { is: ({ id }) => id === former, remove: () => removeContainer(engine, former as string, context) },
      accept(there) {
        if (!isOurs(there.labels, spec.name)) throw errors.taken({ type: 'container', name });
        if (canonicalJson(settingsIn(there)) !== canonicalJson(settings)) throw errors.changed(name);
      },
    },
    context,
  );
  const isThere = found?.started === true;
  const id = found?.id ?? name;
  if (!isThere && secrets !== '') await writeSecrets(engine, id, secrets, !/^(root|0)?(:|$)/.test(User));
  if (asleep && !isThere) return applied(id);
  if (!isThere) await startContainer(engine, { id, status: 'created' });
  if (!detach) await settleContainer(engine, id, sshPort, context);
  return isThere ? skipped('it is there') : applied(id);
}

/** What is not a deploy knows no values, and must not lose any. */
async function secretsFor(
  engine: Engine,
  settings: Settings,
  former: string | undefined,
  context: DockerApply,
): Promise<string> {
  if (context.secrets.entries.length > 0) return secretsOf(context);
  const isBare = former === undefined || Object.keys(settings.secrets).length === 0;
  return isBare ? '' : readSecrets(engine, former, context);
}

function secretsOf({ secrets }: DockerApply): string {
  return exportLines(secrets.entries.map(({ name }) => [name, secrets.reveal(name)] as const));
}

async function start(engine: Engine, id: string, context: DockerApply): Promise<Result> {
  const found = await findContainer(engine, id);
  if (found === null) throw errors.changed(namesOf(context.spec.name).container);
  if (!found.started && context.secrets.entries.length > 0) await writeSecrets(engine, id, secretsOf(context));
  await startContainer(engine, found);
  if (!context.detach) await settleContainer(engine, id, sshPort, context);
  return applied(id);
}

async function copy(engine: Engine, { resource, payload }: DockerChange, context: DockerApply): Promise<Result> {
  const { spec, launchId, observation } = context;
  const isSnapshot = resource.type === 'snapshot';
  const to = isSnapshot ? `${namesOf(spec.name).container}-snapshot-${launchId.slice(0, 12)}` : resource.name;
  const mark: Record<string, string> = isSnapshot
    ? { [labels.role]: 'snapshot', [labels.of]: resource.name }
    : { [labels.role]: 'home', [labels.generation]: String(payload.generation) };
  const container = observation.resources.find(({ id }) => id === 'container')?.data;
  const one = {
    from: payload.from as string,
    to,
    labels: markOf(spec.name, mark),
    image:
      container !== undefined && 'imageId' in container
        ? container.imageId
        : (observation.facts.image ?? resolveImage(spec).reference),
    copierLabels: markOf(spec.name, { [labels.role]: 'copy', [labels.of]: to }),
  };
  await copyVolume(engine, one, context);
  return applied(to);
}
