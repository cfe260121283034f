import type { OperationContext } from '@sindri/core';
import { ignoreAbsent, ignoreConflict, type Engine } from './client.js';
import { findContainer, remove, removeContainer, type Labelled } from './containers.js';
import { copierOf, removeVolume, type ListedVolume } from './copy-volume.js';
import { engineError } from './engine-error.js';
import { readFile, writeFile } from './files.js';

/** Where in a volume the file is, and where the volume is in the container that nobody ever starts. */
const NAME = 'kept';
const [TO, FROM] = ['/to', '/from'];

/** A small file in a volume of its own: outside of `docker inspect`, of every image, and of the containers that run. */
export interface KeptFile {
  volume: string;
  /** Any that the engine has. Nothing of it runs. */
  image: string;
  /** Of the containers that lead to the file, for as long as a request takes. */
  accessLabels: Readonly<Record<string, string>>;
}

/** A file that is to be kept instead of what is kept now. */
export interface NewKeptFile extends Omit<KeptFile, 'volume'> {
  /** Volumes are numbered: `stem-1`, `stem-2`. */
  stem: string;
  labels(generation: number): Readonly<Record<string, string>>;
  /** What is there, newest first, half made ones too. */
  former: readonly { name: string; data?: { generation: number; copy: ListedVolume['copy'] } }[];
  /** From what the file says now, empty when there is none; `null` when that is not what it should be. No function = nothing is kept any more. */
  write: ((text: string) => string | null) | null;
}

/**
 * Keeps a file: in a new volume, and then the former ones go. The new volume counts when the container that leads to it is gone
 * ({@link listVolumes} says `whole`): of two at once only one can make it, and whoever is cut off has changed nothing. `false` when
 * somebody else has been faster.
 */
export async function keepFile(
  engine: Engine,
  { stem, labels, former, write, image, accessLabels }: NewKeptFile,
  context: OperationContext,
): Promise<boolean> {
  const from = former.find(({ data }) => data?.copy === 'whole');
  const generation = (from?.data?.generation ?? 0) + 1;
  const volume = `${stem}-${generation}`;
  if (write !== null) {
    if (former.some(({ name }) => name === volume)) await removeHalf(engine, volume);
    const file = { volume, labels: labels(generation), image, accessLabels };
    if (!(await writeKept(engine, file, from?.name ?? null, write))) return false;
  }
  for (const { name } of former.filter((one) => one.name !== volume)) await removeKept(engine, name, context);
  return true;
}

async function writeKept(
  engine: Engine,
  { volume, labels, image, accessLabels }: KeptFile & { labels: Readonly<Record<string, string>> },
  from: string | null,
  write: (text: string) => string | null,
): Promise<boolean> {
  const there = await engine.find<Labelled>(`/volumes/${volume}`);
  // The engine would take it, and another container that leads there would make it look half made.
  if (there !== null) return notOurs(there, labels);
  const mounts = [mount(volume, TO, labels), ...(from === null ? [] : [mount(from, FROM)])];
  const json = accessBody(image, accessLabels, mounts);
  const query = { name: copierOf(volume) };
  const made = await engine.call<{ Id: string }>('POST', '/containers/create', { query, json }).catch(ignoreConflict);
  if (made === null) return false;
  const access = `/containers/${made.Id}`;
  const taken = await engine.call<Labelled>('GET', `/volumes/${volume}`);
  if (Object.entries(labels).some(([name, value]) => taken.Labels?.[name] !== value)) {
    // Somebody has made it in this very moment.
    await remove(engine, access);
    return notOurs(taken, labels);
  }
  const keep = async (): Promise<boolean> => {
    const former = from === null ? null : await readFile(engine, made.Id, `${FROM}/${NAME}`);
    const content = write(former ?? '');
    if (content === null) {
      await removeHalf(engine, volume);
      return false;
    }
    await writeFile(engine, made.Id, { directory: TO, name: NAME, content, mode: 0o600 });
    // By its id: one that somebody else has made again under the name is not ours to remove.
    await engine.call('DELETE', access);
    return true;
  };
  return (await keep().catch(ignoreAbsent)) ?? false;
}

/** `false` for one that somebody else has made for the same environment; throws for any other. */
function notOurs({ Name, Labels }: Labelled, labels: Readonly<Record<string, string>>): false {
  if (Object.keys(labels).every((name) => Labels?.[name] !== undefined)) return false;
  const message = `There is a volume ${Name} that is not of this environment.`;
  throw engineError('DOCKER_REFUSED', 'refused', message, 'Rename or remove it, then run the command again.');
}

/** What the file in a volume says; `null` when it cannot be had, because somebody else changes it. */
export async function readKept(engine: Engine, { volume, image, accessLabels }: KeptFile): Promise<string | null> {
  const json = accessBody(image, accessLabels, [mount(volume, FROM)]);
  const query = { name: readerOf(volume) };
  // One that was left, or is somebody else's, leads there as well.
  await engine.call('POST', '/containers/create', { query, json }).catch(ignoreConflict);
  try {
    return await readFile(engine, readerOf(volume), `${FROM}/${NAME}`);
  } finally {
    await remove(engine, `/containers/${readerOf(volume)}`);
  }
}

/** Removes what a write has left that was cut off. Rejects when somebody else is just removing it, or has gone on with it. */
async function removeHalf(engine: Engine, volume: string): Promise<void> {
  const left = await findContainer(engine, copierOf(volume));
  await engine.call('DELETE', `/containers/${left?.id ?? copierOf(volume)}`);
  await remove(engine, `/volumes/${volume}`);
}

/** Deletes the volume, and whatever leads to the file in it; nothing to do is a success. */
export async function removeKept(engine: Engine, volume: string, context: OperationContext): Promise<void> {
  await removeContainer(engine, readerOf(volume), context);
  await removeVolume(engine, volume, context);
}

const readerOf = (volume: string): string => `${volume}-read`;

function mount(Source: string, Target: string, labels?: Readonly<Record<string, string>>): object {
  const shared = { Type: 'volume', Source, Target };
  return labels === undefined
    ? { ...shared, ReadOnly: true }
    : { ...shared, VolumeOptions: { NoCopy: true, Labels: labels } };
}

function accessBody(image: string, labels: Readonly<Record<string, string>>, mounts: object[]): object {
  return {
    Image: image,
    Entrypoint: ['/bin/sh'],
    Cmd: [],
    Labels: labels,
    HostConfig: { NetworkMode: 'none', Mounts: mounts },
  };
}
