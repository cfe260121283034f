import { makeSnapshots, type OperationContext, type VolumeSnapshot } from '@sindri/core';
import { ignoreConflict, type Engine } from './client.js';
import { findContainer, remove, removeContainer, toIso, type Labelled, type ListedContainer } from './containers.js';
import { engineError } from './engine-error.js';

const LOOK_MS = 100;

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
  if (made !== null) await engine.call('POST', `/containers/${copier}/start`);
  for (;;) {
    const container = await findContainer(engine, copier);
    // Another run has seen its end before.
    if (container === null) break;
    const { status, exitCode } = container;
    if (status === 'exited' && exitCode === 0) break;
    if (status === 'exited' || (status === 'created' && made === null)) {
      await removeContainer(engine, copier, context);
      await remove(engine, `/volumes/${to}`);
      throw engineError(
        'DOCKER_COPY_FAILED',
        'incomplete',
        `The copy of ${from} ended with ${exitCode}, and was removed.`,
        'Is there room on the disk? Run the command again.',
      );
    }
    await context.clock.sleep(LOOK_MS, context.signal);
  }
  await removeContainer(engine, copier, context);
}

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
  const [{ Volumes }, containers] = await Promise.all([
    engine.call<{ Volumes: Labelled[] | null }>('GET', '/volumes', { query }),
    engine.call<ListedContainer[]>('GET', '/containers/json', { query: { ...query, all: true } }),
  ]);
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

/** Deletes a volume, and what may still be filling it; nothing to do is a success. */
export async function removeVolume(engine: Engine, name: string, context: OperationContext): Promise<void> {
  await removeContainer(engine, copierOf(name), context);
  await remove(engine, `/volumes/${name}`);
}
