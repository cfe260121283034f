import {
  isSindriError,
  makeSnapshots,
  type OperationContext,
  type SindriError,
  type VolumeSnapshot,
} from '@sindri/core';
import { ignoreConflict, type Engine } from './client.js';
import { findContainer, remove, removeContainer, toIso, type Labelled, type ListedContainer } from './containers.js';
import { engineError } from './engine-error.js';

const LOOK_MS = 100;
/** How often a volume is tried to be deleted whose last user is just going away. */
const TRIES = 10;

/** A copy of a volume. */
export interface VolumeCopy {
  from: string;
  to: string;
  /** Of the new volume. */
  labels: Record<string, string>;
  /** Any image with `cp`. */
  image: string;
  /** Of the container that copies. */
  copierLabels: Record<string, string>;
}

/** The container that fills a volume, as long as it has not succeeded. */
export function copierOf(volume: string): string {
  return `${volume}-copy`;
}

/**
 * Fills a new volume with all of another one. A container does it, which stays until it has succeeded: the new volume is whole when there
 * is none. Both come into being in one request, and whoever runs this again waits for the copy that is under way.
 */
export async function copyVolume(engine: Engine, copy: VolumeCopy, context: OperationContext): Promise<void> {
  const { from, to, labels, image, copierLabels } = copy;
  const json = {
    Image: image,
    Entrypoint: ['cp', '-a', '/from/.', '/to/'],
    Cmd: [],
    User: '0:0',
    WorkingDir: '/',
    Labels: copierLabels,
    HostConfig: {
      NetworkMode: 'none',
      Mounts: [
        { Type: 'volume', Source: from, Target: '/from', ReadOnly: true },
        { Type: 'volume', Source: to, Target: '/to', VolumeOptions: { NoCopy: true, Labels: labels } },
      ],
    },
  };
  const copier = copierOf(to);
  const made = await engine.call('POST', '/containers/create', { query: { name: copier }, json }).catch(ignoreConflict);
  if (made !== null) {
    await engine.call('POST', `/containers/${copier}/start`).catch(async (error: unknown) => {
      // Whoever lost the engine in between does not know whether it has begun.
      if (!isSindriError(error) || typeof error.details.status !== 'number') throw error;
      await removeVolume(engine, to, context);
      throw copyFailed(`The copy of ${from} could not be begun, and was removed: ${error.message}`, NO_COPY_PROGRAM);
    });
  }
  for (;;) {
    const container = await findContainer(engine, copier);
    // Another run has seen its end before.
    if (container === null) break;
    const { status, exitCode } = container;
    if (status === 'exited' && exitCode === 0) break;
    if (status === 'exited' || (status === 'created' && made === null)) {
      await removeVolume(engine, to, context);
      const message = `The copy of ${from} ended with ${exitCode}, and was removed.`;
      throw copyFailed(message, 'Is there room on the disk? Run the command again.');
    }
    await context.clock.sleep(LOOK_MS, context.signal);
  }
  await removeContainer(engine, copier, context);
}

const copyFailed = (message: string, hint: string): Error =>
  engineError('DOCKER_COPY_FAILED', 'incomplete', message, hint);

const NO_COPY_PROGRAM =
  'Volumes are copied by `cp` of the image: where that has none, choose another `deployment.image`. Else run the command again.';

/** A volume, and whether all of it is there. */
export interface ListedVolume {
  name: string;
  labels: Readonly<Record<string, string>>;
  createdAt: string | null;
  copy: 'whole' | 'running' | 'failed';
}

/** The volumes whose names begin with `start`, and how far the copies are that {@link copyVolume} makes of them. */
export async function listVolumes(engine: Engine, start: string): Promise<ListedVolume[]> {
  const query = { filters: { name: [start] } };
  // One after the other: of a copy that begins in between, the volume must not be seen without the container that fills it.
  const { Volumes } = await engine.call<{ Volumes: Labelled[] | null }>('GET', '/volumes', { query });
  const containers = await engine.call<ListedContainer[]>('GET', '/containers/json', {
    query: { ...query, all: true },
  });
  return (Volumes ?? []).map(({ Name: name, Labels, CreatedAt }) => {
    const copier = containers.find(({ Names }) => Names.includes(`/${copierOf(name)}`));
    const isWhole = copier === undefined || /^Exited \(0\)/.test(copier.Status);
    const copy = isWhole ? 'whole' : copier.State === 'running' ? 'running' : 'failed';
    return { name, labels: Labels ?? {}, createdAt: toIso(CreatedAt), copy };
  });
}

/** The list of `snapshots`, where each is a copy of the volume `of`. */
export function snapshotsFrom(
  volumes: readonly { name: string; data?: Pick<ListedVolume, 'copy' | 'createdAt'> & { of: string | null } }[],
): VolumeSnapshot[] {
  const states = { whole: 'ready', running: 'pending', failed: 'failed' } as const;
  return makeSnapshots(
    volumes.map(({ name: id, data }) => ({
      ...{ id, volume: data?.of ?? '', createdAt: data?.createdAt ?? null },
      state: states[data?.copy ?? 'failed'],
    })),
  );
}

/** The volume of that name, made when there is none: an engine answers with the one that is there, whoever made it. */
export async function ensureVolume(engine: Engine, name: string, labels: Record<string, string>): Promise<Labelled> {
  return engine.call<Labelled>('POST', '/volumes/create', { json: { Name: name, Labels: labels } });
}

/** Deletes a volume, and what may still be filling it; nothing to do is a success. One that others use stays, and they are named. */
export async function removeVolume(engine: Engine, name: string, context: OperationContext): Promise<void> {
  await removeContainer(engine, copierOf(name), context);
  for (let tries = 1; ; tries++) {
    try {
      return await remove(engine, `/volumes/${name}`);
    } catch (error) {
      if (!isSindriError(error) || error.details.status !== 409) throw error;
      const users = await usersOf(engine, name);
      const others = users.filter((user) => user.State !== 'removing' && !hasCopied(user));
      if (others.length > 0) throw inUse(name, others.map(nameOf), error);
      if (tries === TRIES) throw error;
      // Whoever had these copy was cut off after their end, or is just removing them.
      for (const { Id } of users) await removeContainer(engine, Id, context);
      // Without any, one has gone just now.
      if (users.length === 0) await context.clock.sleep(LOOK_MS, context.signal);
    }
  }
}

async function usersOf(engine: Engine, volume: string): Promise<ListedContainer[]> {
  return engine.call('GET', '/containers/json', { query: { all: true, filters: { volume: [volume] } } });
}

const nameOf = ({ Id, Names }: ListedContainer): string => Names[0]?.replace(/^\//, '') ?? Id;

/** Whether a container has filled a volume to its end. One that has not, shows that its volume is half. */
function hasCopied(container: ListedContainer): boolean {
  const isCopier = container.Mounts?.some(({ Name }) => Name !== undefined && copierOf(Name) === nameOf(container));
  return isCopier === true && /^Exited \(0\)/.test(container.Status);
}

function inUse(volume: string, containers: readonly string[], { details }: SindriError): SindriError {
  const isOne = containers.length === 1;
  return engineError(
    'DOCKER_REFUSED',
    'refused',
    `Volume ${volume} is in use: ${isOne ? 'container' : 'containers'} ${containers.join(', ')} ${isOne ? 'has' : 'have'} it.`,
    `Remove ${isOne ? 'that container' : 'those containers'} (\`docker rm -f ${containers.join(' ')}\`) when nobody needs ${isOne ? 'it' : 'them'}, and run the same command again.`,
    { details: { ...details, containers: [...containers] } },
  );
}
