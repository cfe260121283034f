import {
  createPlanner,
  freeOfCharge,
  inOrder,
  makeChange,
  planRunning,
  refuseStrangers,
  type PlanNote,
  type PlanRequest,
} from '@sindri/core';
import { authorizedKeysVariable, resolveImage } from '@sindri/image-contract';
import { errors, remarks } from './docker-error.js';
import type { DockerOptions } from './options.js';
import { changeableInPlace, namesOf, settingsOf, type Settings } from './settings.js';
import type { DockerChange, DockerShapes, Payload, Resource } from './shapes.js';
import { sortWorld, stateOf, type World } from './world.js';

type Request = PlanRequest<DockerOptions>;

export const planDocker = createPlanner<DockerShapes, World>({
  errors,
  notes: remarks,
  open: sortWorld,
  cost: () => freeOfCharge,
  deploy,
  all: ({ container, home, formerHomes, snapshots, network }) => [
    [container],
    [home, ...formerHomes, ...snapshots, network],
  ],
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
});

function deploy(request: Request & { intent: 'deploy' }, world: World, notes: PlanNote[]): DockerChange[] {
  const { spec, secrets } = request;
  const { container, home, network } = world;
  const { data: there } = container;
  const wanted = settingsOf(spec, secrets, home.name);
  const networks = wanted.network === 'bridge' ? [network] : [];
  refuseStrangers([container, home, ...networks], request, errors);
  noteImage(request, notes);

  const steps = planRunning<Settings, Payload>({
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
  if (steps.every(({ action }) => action === 'update' || action === 'start')) return steps;
  if (there === undefined || isAbsent(home)) noteHome(request, world, notes);
  return inOrder([...pull(request, world), ...[...networks, home].filter(isAbsent).map(creation)], steps);
}

const isAbsent = ({ status }: Resource): boolean => status === 'absent';

function noteHome({ spec: { workspace } }: Request, { home }: World, notes: PlanNote[]): void {
  const message = 'A Docker volume has no size of its own: it grows as long as the disk has room.';
  if (!isAbsent(home)) notes.push(remarks.volumeReused(home.name, home.data?.createdAt ?? null));
  else if (workspace.sizeGb !== null) notes.push({ level: 'info', code: 'DOCKER_VOLUME_SIZE', message });
}

function createSnapshot({ name }: Resource, request: Request, world: World, notes: PlanNote[]): DockerChange[] {
  const message =
    'What is written while the copy is made may be in it half. `sindri stop` first for a copy without that.';
  if (world.container.data?.status === 'running') notes.push({ level: 'info', code: 'DOCKER_SNAPSHOT_LIVE', message });
  return inOrder(pullForCopy(request, world), [
    step('create', { type: 'snapshot', name }, { title: `copy volume ${name}`, payload: { from: name } }),
  ]);
}

function restore({ name: from }: Resource, request: Request, world: World): DockerChange[] {
  const { container, home } = world;
  const { data: there } = container;
  const generation = (home.data?.generation ?? 0) + 1;
  const volume = `${namesOf(request.spec.name).volume}-${generation}`;
  const title = `copy snapshot ${from} to the new volume ${volume}`;
  const copies = inOrder(pullForCopy(request, world), [
    step('create', { type: 'volume', name: volume }, { title, payload: { from, generation } }),
  ]);
  if (!there?.settings || !container.owned) return copies;
  const replace = step('replace', container, {
    title: `make container ${container.name} anew on it; ${home.name} stays beside it`,
    impact: ['replace'],
    differences: [{ field: 'volume', from: there.settings.volume, to: volume }],
    payload: { settings: { ...there.settings, volume }, container: there.id, asleep: stateOf(there) !== 'running' },
  });
  return inOrder(copies, [replace]);
}

/** Any image with `cp` does; that of the container is there. */
const pullForCopy = (request: Request, world: World): DockerChange[] =>
  world.container.data === undefined ? pull(request, world) : [];

function pull({ spec }: Request, { facts }: World): DockerChange[] {
  const { reference: name } = resolveImage(spec);
  const policy = spec.image?.pullPolicy ?? 'IfNotPresent';
  // Of another reference than the one that was looked for nobody knows whether it is there.
  if (facts.image !== null && facts.reference === name && policy !== 'Always') return [];
  if (policy !== 'Never') return [step('prepare', { type: 'image', name }, { title: `pull ${name}` })];
  throw errors.imageMissing(name);
}

/** Where the host has looked nothing up, only some versions have a tag that stands for them. */
function noteImage({ spec }: Request, notes: PlanNote[]): void {
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

/** There may be several volumes and snapshots: they have their names in the ids. */
function step(
  action: DockerChange['action'],
  { type, name }: Pick<Resource, 'type' | 'name'>,
  more: Partial<DockerChange> = {},
): DockerChange {
  const id = type === 'volume' || type === 'snapshot' ? { id: `${type}:${name}:${action}` } : {};
  return makeChange({ ...id, action, resource: { type, name }, payload: {}, ...more });
}
