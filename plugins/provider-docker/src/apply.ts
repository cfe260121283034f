import { isSindriError, type ApplyResult } from '@sindri/core';
import { dockerError } from './docker-error.js';
import type { Engine } from './engine/client.js';
import { containerData, isOurs, type Labelled, type WireContainer } from './observe.js';
import { settle, STOP_SECONDS } from './power.js';
import { pullImage } from './pull.js';
import { readSecrets, secretsText, startWithSecrets, writeSecrets } from './secrets.js';
import { containerBody, labels, limitsOf, markOf, namesOf, sameSettings, type Settings } from './settings.js';
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
      await pullImage(engine, change.id, name, context);
      return applied();
    case 'network:create':
      return createNetwork(engine, name, context);
    case 'volume:create':
    case 'snapshot:create':
      return payload.from === undefined ? createVolume(engine, name, context) : copyVolume(engine, change, context);
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
      return remove(engine, `/networks/${name}`);
    case 'volume:delete':
    case 'snapshot:delete':
      await removeContainer(engine, copierOf(name), context);
      return remove(engine, `/volumes/${name}`);
    default:
      throw dockerError('DOCKER_CHANGE_UNKNOWN', 'internal', `"${change.id}" was never planned here.`);
  }
}

async function createNetwork(engine: Engine, name: string, { spec }: DockerApply): Promise<Result> {
  const json = { Name: name, CheckDuplicate: true, Labels: markOf(spec.name) };
  const find = async () =>
    (await engine.call<Labelled[]>('GET', '/networks', { query: { filters: { name: [name] } } })).find(
      ({ Name }) => Name === name,
    );
  const before = await find();
  if (before === undefined) await engine.call('POST', '/networks/create', { json }).catch(ignoreConflict);
  requireOurs((before ?? (await find()))?.Labels, spec.name, `network ${name}`);
  return before === undefined ? applied() : skipped('it is there');
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
    const wire = await engine.find<WireContainer>(`/containers/${name}/json`);
    if (wire === null) {
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
    } else if (wire.Id === former) {
      await removeContainer(engine, former, context);
      continue;
    } else {
      requireOurs(wire.Config.Labels, spec.name, `container ${name}`);
      const there = containerData(wire);
      if (!sameSettings(there.settings, settings)) throw changed(name);
      if (there.started) {
        if (!context.detach) await settle(engine, there.id, context);
        return skipped('it is there');
      }
    }
    const id = wire?.Id ?? name;
    if (text !== '') await writeSecrets(engine, id, text, !/^(root|0)?(:|$)/.test(User));
    if (asleep) return applied(id);
    await engine.call('POST', `/containers/${id}/start`);
    if (!context.detach) await settle(engine, id, context);
    return applied(id);
  }
}

async function startContainer(engine: Engine, id: string, context: DockerApply): Promise<Result> {
  const wire = await engine.find<WireContainer>(`/containers/${id}/json`);
  if (wire === null) throw changed(namesOf(context.spec.name).container);
  const { status, started } = containerData(wire);
  if (!started && context.secrets.entries.length > 0)
    await writeSecrets(engine, id, secretsText(context.secrets), false);
  await engine.call('POST', `/containers/${id}/${status === 'paused' ? 'unpause' : 'start'}`);
  if (!context.detach) await settle(engine, id, context);
  return applied(id);
}

async function removeContainer(engine: Engine, id: string, { clock, signal }: DockerApply): Promise<void> {
  const path = `/containers/${id}`;
  if ((await engine.find(`${path}/json`)) === null) return;
  await engine.call('POST', `${path}/stop`, { query: { t: STOP_SECONDS } }).catch(ignoreAbsent);
  await engine
    .call('DELETE', path, { query: { v: true, force: true } })
    .catch(ignoreAbsent)
    .catch(ignoreConflict);
  // Somebody else may have been about to remove it.
  for (let tries = 1; tries < TRIES && (await engine.find(`${path}/json`)) !== null; tries++)
    await clock.sleep(PAUSE_MS, signal);
}

const copierOf = (volume: string): string => `${volume}-copy`;

/**
 * A copy is made by a container of the image, which stays until it has succeeded: the new volume is whole when there is none. Both come
 * into being in one request.
 */
async function copyVolume(engine: Engine, { resource, payload }: DockerChange, context: DockerApply): Promise<Result> {
  const { spec, clock, signal, launchId, observation } = context;
  const isSnapshot = resource.type === 'snapshot';
  const target = isSnapshot ? `${namesOf(spec.name).container}-snapshot-${launchId.slice(0, 12)}` : resource.name;
  const mark: Record<string, string> = isSnapshot
    ? { [labels.role]: 'snapshot', [labels.of]: resource.name }
    : { [labels.role]: 'home', [labels.generation]: String(payload.generation) };
  const container = observation.resources.find(({ id }) => id === 'container')?.data as
    { imageId?: string } | undefined;
  const json = {
    Image: container?.imageId ?? observation.facts.image ?? spec.image?.reference,
    Entrypoint: ['cp', '-a', '/from/.', '/to/'],
    Cmd: [],
    User: '0:0',
    WorkingDir: '/',
    Labels: markOf(spec.name, { [labels.role]: 'copy', [labels.of]: target }),
    HostConfig: {
      NetworkMode: 'none',
      Mounts: [
        { Type: 'volume', Source: payload.from, Target: '/from', ReadOnly: true },
        {
          Type: 'volume',
          Source: target,
          Target: '/to',
          VolumeOptions: { NoCopy: true, Labels: markOf(spec.name, mark) },
        },
      ],
    },
  };
  const copier = copierOf(target);
  const made = await engine.call('POST', '/containers/create', { query: { name: copier }, json }).catch(ignoreConflict);
  if (made !== null) await engine.call('POST', `/containers/${copier}/start`);
  for (;;) {
    const wire = await engine.find<WireContainer>(`/containers/${copier}/json`);
    // Another run has seen its end before.
    if (wire === null) break;
    const { status, exitCode } = containerData(wire);
    if (status === 'exited' && exitCode === 0) break;
    if (status === 'exited' || (status === 'created' && made === null)) {
      await removeContainer(engine, copier, context);
      await remove(engine, `/volumes/${target}`);
      throw dockerError(
        'DOCKER_COPY_FAILED',
        'incomplete',
        `The copy of ${payload.from} ended with ${exitCode}, and was removed.`,
        'Is there room on the disk? Run the command again.',
      );
    }
    await clock.sleep(PAUSE_MS, signal);
  }
  await removeContainer(engine, copier, context);
  return { status: 'applied', result: { id: target } };
}

async function remove(engine: Engine, path: string): Promise<Result> {
  await engine.call('DELETE', path).catch(ignoreAbsent);
  return applied();
}

function ignoreAbsent(error: unknown): null {
  if (isSindriError(error) && error.details.absent === true) return null;
  throw error;
}

function ignoreConflict(error: unknown): null {
  if (isSindriError(error) && error.details.status === 409) return null;
  throw error;
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
