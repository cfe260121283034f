import type { ApplyResult } from '@sindri/core';
import {
  copierOf,
  copyVolume,
  ensureNetwork,
  findContainer,
  ignoreConflict,
  pullImage,
  remove,
  removeContainer,
  settleContainer,
  type Engine,
  type Labelled,
} from '@sindri/docker-engine';
import { resolveImage, sshPort } from '@sindri/image-contract';
import { dockerError } from './docker-error.js';
import { readSecrets, secretsText, startWithSecrets, writeSecrets } from './inside.js';
import { isOurs } from './observe.js';
import {
  containerBody,
  labels,
  limitsOf,
  markOf,
  namesOf,
  sameSettings,
  settingsIn,
  type Settings,
} from './settings.js';
import type { DockerApply, DockerChange } from './shapes.js';

type Result = ApplyResult<{ id?: string }, never>;
const applied = (id?: string): Result => ({ status: 'applied', result: id === undefined ? {} : { id } });
const skipped = (reason: string): Result => ({ status: 'skipped', reason, result: {} });
/** How often a name that is just going away is asked for again. */
const TRIES = 50;
const PAUSE_MS = 100;

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
        json: limitsOf(payload.settings as Settings),
      });
      return applied(payload.container);
    case 'container:start':
      return startContainer(engine, payload.container ?? name, context);
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
    default:
      throw dockerError('DOCKER_CHANGE_UNKNOWN', 'internal', `"${change.id}" was never planned here.`);
  }
}

async function pull(engine: Engine, { id, resource }: DockerChange, context: DockerApply): Promise<Result> {
  const { spec } = context;
  const isThere = (await engine.find(`/images/${resource.name}/json`)) !== null;
  // Nobody had looked for it when the plan was made, or it has come since. It may be one that no registry has.
  if (isThere && spec.image?.pullPolicy !== 'Always') return skipped('it is there');
  const wanted = { reference: resource.name, platform: spec.options.platform ?? null };
  await pullImage(engine, wanted, context, (progress) =>
    context.emit({
      type: 'change.progress',
      change: id,
      message: `pulling ${resource.name}`,
      progress: { ...progress, unit: 'bytes' },
    }),
  );
  return applied();
}

async function createNetwork(engine: Engine, name: string, { spec }: DockerApply): Promise<Result> {
  const { Labels, made } = await ensureNetwork(engine, name, markOf(spec.name));
  requireOurs(Labels, spec.name, `network ${name}`);
  return made ? applied() : skipped('it is there');
}

async function createVolume(engine: Engine, name: string, { spec }: DockerApply): Promise<Result> {
  const mark = markOf(spec.name, { [labels.role]: 'home', [labels.generation]: '1' });
  const { Labels } = await engine.call<Labelled>('POST', '/volumes/create', { json: { Name: name, Labels: mark } });
  // An engine answers with the one that is there, whoever made it.
  requireOurs(Labels, spec.name, `volume ${name}`);
  return applied();
}

/** Finds out who is there under the name, until it is the container that was wanted. */
async function makeContainer(engine: Engine, { payload }: DockerChange, context: DockerApply): Promise<Result> {
  const { spec, secrets, clock, signal, observation } = context;
  const {
    settings,
    container: former,
    asleep = false,
  } = payload as { settings: Settings; container?: string; asleep?: boolean };
  const { container: name } = namesOf(spec.name);
  const image = await engine.find<{ Config: { Entrypoint: string[] | null; Cmd: string[] | null; User: string } }>(
    `/images/${settings.image}/json`,
  );
  if (image === null) {
    throw dockerError(
      'DOCKER_IMAGE_MISSING',
      'refused',
      `The engine has no image ${settings.image} any more.`,
      'Run the command again: it is pulled.',
    );
  }
  const { Entrypoint, Cmd, User } = image.Config;
  const isDeploy = observation.environment === spec.name && secrets.entries.length > 0;
  // What is not a deploy knows no values, and must not lose any.
  const text = isDeploy
    ? secretsText(secrets)
    : former !== undefined && Object.keys(settings.secrets).length > 0
      ? await readSecrets(engine, former, context)
      : '';
  const start = text === '' ? null : startWithSecrets([...(Entrypoint ?? []), ...(Cmd ?? [])]);

  for (let tries = 1; ; tries++) {
    const found = await findContainer(engine, name);
    if (found === null) {
      const query = { name, platform: settings.platform };
      const made = await engine
        .call<{ Id: string }>('POST', '/containers/create', {
          query,
          json: containerBody(spec.name, settings, start, asleep),
        })
        .catch(ignoreConflict);
      // Somebody was faster; the next look tells who.
      if (made === null && tries < TRIES) {
        await clock.sleep(PAUSE_MS, signal);
        continue;
      }
    } else if (found.id === former) {
      await removeContainer(engine, former, context);
      continue;
    } else {
      requireOurs(found.labels, spec.name, `container ${name}`);
      if (!sameSettings(settingsIn(found), settings)) throw changed(name);
      if (found.started) {
        if (!context.detach) await settleContainer(engine, found.id, sshPort, context);
        return skipped('it is there');
      }
    }
    const id = found?.id ?? name;
    if (text !== '') await writeSecrets(engine, id, text, !/^(root|0)?(:|$)/.test(User));
    if (asleep) return applied(id);
    await engine.call('POST', `/containers/${id}/start`);
    if (!context.detach) await settleContainer(engine, id, sshPort, context);
    return applied(id);
  }
}

async function startContainer(engine: Engine, id: string, context: DockerApply): Promise<Result> {
  const found = await findContainer(engine, id);
  if (found === null) throw changed(namesOf(context.spec.name).container);
  const { status, started } = found;
  if (!started && context.secrets.entries.length > 0)
    await writeSecrets(engine, id, secretsText(context.secrets), false);
  await engine.call('POST', `/containers/${id}/${status === 'paused' ? 'unpause' : 'start'}`);
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
  const { imageId } = (observation.resources.find(({ id }) => id === 'container')?.data ?? {}) as { imageId?: string };
  const one = {
    from: payload.from as string,
    to,
    labels: markOf(spec.name, mark),
    image: imageId ?? observation.facts.image ?? resolveImage(spec).reference,
    copierLabels: markOf(spec.name, { [labels.role]: 'copy', [labels.of]: to }),
  };
  await copyVolume(engine, one, context);
  return applied(to);
}

function requireOurs(found: Record<string, string> | null | undefined, environment: string, what: string): void {
  if (isOurs(found, environment)) return;
  throw dockerError(
    'DOCKER_NAME_TAKEN',
    'refused',
    `The ${what} is not of this environment.`,
    'Give the environment another name, or take it over with `--adopt`.',
  );
}

function changed(name: string): Error {
  return dockerError(
    'DOCKER_CHANGED',
    'incomplete',
    `Somebody else has changed ${name} since the plan was made.`,
    'Run the command again.',
  );
}
