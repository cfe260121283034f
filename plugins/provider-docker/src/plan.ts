import * as core from '@sindri/core';
import { authorizedKeysVariable, resolveImage } from '@sindri/image-contract';
import { errors, remarks } from './docker-error.js';
import type { DockerOptions } from './options.js';
import { replacement, secretsParts } from './secrets.js';
import { changeableInPlace, namesOf, settingsOf, type Settings } from './settings.js';
import type { DockerChange, DockerShapes, Payload, Resource } from './shapes.js';
import { sortWorld, stateOf, type World } from './world.js';

type Request = core.PlanRequest<DockerOptions>;
const step = core.changeMaker<Payload>(['volume', 'snapshot', 'secrets']);

export const planDocker = core.createPlanner<DockerShapes, World>({
  errors,
  notes: remarks,
  open: sortWorld,
  cost: () => core.freeOfCharge,
  deploy,
  all({ container, home, formerHomes, snapshots, stores, network }) {
    const volumes = [home, ...formerHomes, ...snapshots, ...stores];
    // What fills a half copy uses another volume, and goes with the copy.
    return [[container], volumes.filter(isHalf), [...volumes.filter((one) => !isHalf(one)), network]];
  },
  // Who keeps a volume keeps its snapshots.
  keepable: { volume: ['snapshot'], snapshot: [] },
  deletion,
  volumes: {
    of: ({ home, formerHomes }) => [home, ...formerHomes],
    isUsed: (volume, { home, container }) => volume === home || container.data?.settings?.volume === volume.name,
  },
  snapshots: {
    of: ({ snapshots }) => snapshots,
    isReady: ({ data }) => data !== undefined && 'copy' in data && data.copy === 'whole',
    create: createSnapshot,
    restore,
  },
  keys: {
    secret: authorizedKeysVariable,
    of: ({ container: { name, owned, data } }) => {
      const isDeclared = authorizedKeysVariable in (data?.settings?.secrets ?? {});
      return data && owned ? { name, isRunning: data.status === 'running', isDeclared } : null;
    },
    payload: (key) => ({ key }),
  },
  secrets: secretsParts,
});

function deploy(request: Request & { intent: 'deploy' }, world: World, notes: core.PlanNote[]): DockerChange[] {
  const { spec } = request;
  const { container, home, network } = world;
  const { data: there } = container;
  const networks = spec.options.network === 'bridge' ? [network] : [];
  core.refuseStrangers([container, home, ...networks], request, errors);
  noteImage(request, notes);

  const kit = { notes: remarks, secrets: secretsParts };
  const { forget, steps, isInPlace } = core.planHolder(kit, request, world, notes, (secrets) => {
    const wanted = settingsOf(spec, secrets, home.name);
    return core.planRunning<Settings, Payload>({
      resource: container,
      state: there === undefined ? null : stateOf(there),
      there: there?.settings ?? null,
      wanted,
      namesOnly: ['secrets'],
      lost: there === undefined ? [] : networks.filter(isAbsent),
      changesInPlace: ({ field, to }) => !world.facts.isPodman && changeableInPlace.includes(field) && to !== null,
      made: `from ${wanted.image}`,
      stays: `the volume ${home.name}`,
      payload: { settings: wanted, ...(there === undefined ? {} : { container: there.id }) },
    });
  });
  if (isInPlace) return [...forget, ...steps];
  if (there === undefined || isAbsent(home)) noteHome(request, world, notes);
  return core.inOrder(
    core.inOrder(pull(request, world), [...[...networks, home].filter(isAbsent).map(creation), ...forget]),
    steps,
  );
}

const isHalf = ({ data }: Resource): boolean => data !== undefined && 'copy' in data && data.copy !== 'whole';

const isAbsent = ({ status }: Resource): boolean => status === 'absent';

function noteHome({ spec: { workspace } }: Request, { home }: World, notes: core.PlanNote[]): void {
  const message = 'A Docker volume has no size of its own: it grows as long as the disk has room.';
  if (!isAbsent(home)) notes.push(remarks.volumeReused(home.name, home.data?.createdAt ?? null));
  else if (workspace.sizeGb !== null) notes.push({ level: 'info', code: 'DOCKER_VOLUME_SIZE', message });
}

function createSnapshot({ name }: Resource, request: Request, world: World, notes: core.PlanNote[]): DockerChange[] {
  const message =
    'What is written while the copy is made may be in it half. `sindri stop` first for a copy without that.';
  if (world.container.data?.status === 'running') notes.push({ level: 'info', code: 'DOCKER_SNAPSHOT_LIVE', message });
  return core.inOrder(pullForCopy(request, world), [
    step('create', { type: 'snapshot', name }, { title: `copy volume ${name}`, payload: { from: name } }),
  ]);
}

function restore({ name: from }: Resource, request: Request, world: World): DockerChange[] {
  const { container, home } = world;
  const { data: there } = container;
  const generation = (home.data?.generation ?? 0) + 1;
  const volume = `${namesOf(request.spec.name).volume}-${generation}`;
  const title = `copy snapshot ${from} to the new volume ${volume}`;
  const copies = core.inOrder(pullForCopy(request, world), [
    step('create', { type: 'volume', name: volume }, { title, payload: { from, generation } }),
  ]);
  if (!there?.settings || !container.owned) return copies;
  const replace = core.makeChange({
    ...replacement(container, { ...there.settings, volume }),
    title: `make container ${container.name} anew on it; ${home.name} stays beside it`,
    differences: [{ field: 'volume', from: there.settings.volume, to: volume }],
  });
  return core.inOrder(copies, [replace]);
}

/** Any image with `cp` does; that of the container is there. */
const pullForCopy = (request: Request, world: World): DockerChange[] =>
  world.container.data === undefined ? pull(request, world) : [];

function pull({ spec }: Request, { facts }: World): DockerChange[] {
  const { reference: name } = resolveImage(spec);
  // Of another reference than the one that was looked for nobody knows whether it is there.
  const isThere = facts.image !== null && facts.reference === name;
  const wanted = { reference: name, isThere, policy: spec.image?.pullPolicy ?? null };
  return core.needsPull(wanted, errors) ? [step('prepare', { type: 'image', name }, { title: `pull ${name}` })] : [];
}

/** Where the host has looked nothing up, only some versions have a tag that stands for them. */
function noteImage({ spec }: Request, notes: core.PlanNote[]): void {
  const { origin, reference } = resolveImage(spec);
  if (reference === '') throw errors.imageVersion();
  if (origin === 'default') notes.push(remarks.defaultImage(reference));
}

const creation = (one: Resource): DockerChange => step('create', one);

function deletion(one: Resource): DockerChange {
  const { type, data } = one;
  const isData = type === 'volume' || type === 'snapshot';
  const payload = data !== undefined && 'id' in data ? { container: data.id } : {};
  return step('delete', one, { impact: [isData ? 'data-loss' : 'in-place'], payload });
}
