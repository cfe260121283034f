import {
  differencesBetween,
  inOrder,
  isOwn,
  makeChange,
  planDestroy,
  planRunning,
  refuseStrangers,
  requireNamed,
  type FieldDifference,
  type PlanNote,
  type PlanRequest,
  type ProviderPlan,
} from '@sindri/core';
import { authorizedKeysVariable, resolveImage } from '@sindri/image-contract';
import { fingerprint } from '@sindri/ssh';
import { dockerError, errors } from './docker-error.js';
import type { DockerOptions } from './options.js';
import { changeableInPlace, namesOf, settingsOf } from './settings.js';
import type { DockerChange, Payload, Resource, Seen, VolumeData } from './shapes.js';
import { sortWorld, stateOf, type World } from './world.js';

type Request = PlanRequest<DockerOptions>;

/** The engine is somebody's own computer. */
export const freeOfCharge = { currency: 'USD', monthlyRunning: 0, monthlyIdle: 0, items: [], pricesAsOf: null };

export function planDocker(request: Request, observation: Seen): ProviderPlan<Payload> {
  const world = sortWorld(observation);
  const notes: PlanNote[] = [];
  const { image, reference } = observation.facts;
  // Of another reference than the one that was looked for nobody knows whether it is there.
  const hasImage = image !== null && reference === resolveImage(request.spec).reference;
  return { changes: changesFor(request, world, hasImage, notes), notes, cost: freeOfCharge };
}

function changesFor(request: Request, world: World, hasImage: boolean, notes: PlanNote[]): DockerChange[] {
  const needsAll: Request['intent'][] = ['deploy', 'snapshot.create', 'snapshot.restore'];
  if (needsAll.includes(request.intent) && !world.isWhole) return [];
  switch (request.intent) {
    case 'deploy':
      return deploy(request, world, hasImage, notes);
    case 'destroy':
      return destroy(request, world, notes);
    case 'volume.delete':
      return [deleteVolume(request.volume, world)];
    case 'snapshot.create':
      return createSnapshot(request, world, hasImage, notes);
    case 'snapshot.restore':
      return restore(request, world, hasImage);
    case 'snapshot.delete':
      return [deletion(requireNamed(world.snapshots, request.snapshot, 'snapshot', errors))];
    case 'key.admit':
    case 'key.remove':
      return [changeKey(request, world, notes)];
    default:
      throw errors.unplanned(request.intent);
  }
}

function deploy(
  request: Request & { intent: 'deploy' },
  world: World,
  hasImage: boolean,
  notes: PlanNote[],
): DockerChange[] {
  const { spec, secrets } = request;
  const { container, home, network } = world;
  const { data: there } = container;
  const wanted = settingsOf(spec, secrets, home.name);
  const networks = wanted.network === 'bridge' ? [network] : [];
  refuseStrangers([container, home, ...networks], request, errors);
  noteImage(request, notes);

  const lost = there === undefined ? [] : networks.filter(({ status }) => status === 'absent');
  const isGone = ({ name }: Resource): FieldDifference => ({
    field: 'network',
    from: null,
    to: name,
    why: 'it is gone',
  });
  const steps = planRunning<Payload>({
    resource: container,
    state: there === undefined ? null : stateOf(there),
    differences: there?.settings
      ? [...differencesBetween(there.settings, wanted, ['secrets']), ...lost.map(isGone)]
      : null,
    changesInPlace: ({ field, to }) => world.changesInPlace && changeableInPlace.includes(field) && to !== null,
    made: `from ${wanted.image}`,
    stays: `the volume ${home.name}`,
    payload: { settings: wanted, ...(there === undefined ? {} : { container: there.id }) },
  });
  if (steps.every(({ action }) => action === 'update' || action === 'start')) return steps;
  const missing = [...networks, home].filter(({ status }) => status === 'absent');
  if (there === undefined || home.status === 'absent') noteHome(spec, home, notes);
  return inOrder([...pull(request, hasImage), ...missing.map(creation)], steps);
}

/** A day and no age: a plan knows no clock, and the same world gives the same plan tomorrow. */
function noteHome(
  { workspace }: Request['spec'],
  { name, status, data }: Resource<VolumeData>,
  notes: PlanNote[],
): void {
  if (status === 'present') {
    const day = data?.createdAt?.slice(0, 10) ?? '';
    const message = `The volume ${name}${day && `, made on ${day},`} is used again, with everything on it.`;
    notes.push({ level: 'info', code: 'DOCKER_VOLUME_REUSED', message });
  } else if (workspace.sizeGb !== null) {
    const message = 'A Docker volume has no size of its own: it grows as long as the disk has room.';
    notes.push({ level: 'info', code: 'DOCKER_VOLUME_SIZE', message });
  }
}

function destroy(request: Request & { intent: 'destroy' }, world: World, notes: PlanNote[]): DockerChange[] {
  const { container, network, home, formerHomes, snapshots } = world;
  // Of no use without each other: with the volumes their snapshots stay.
  const keepable = { volume: ['snapshot'], snapshot: [] };
  const groups = [[container], [home, ...formerHomes, ...snapshots, network]];
  const changes = planDestroy(request, groups, keepable, errors, deletion);
  const lost = changes.filter(({ impact }) => impact.includes('data-loss')).map(({ resource }) => resource.name);
  const message = `Everything on ${lost.join(', ')} is lost for good.`;
  if (lost.length > 0) notes.push({ level: 'warning', code: 'DOCKER_DATA_LOSS', message });
  return changes;
}

function deleteVolume(name: string, { home, formerHomes, container }: World): DockerChange {
  const volume = requireNamed([home, ...formerHomes], name, 'volume', errors);
  if (volume === home || container.data?.settings?.volume === name) throw errors.volumeInUse(name);
  return deletion(volume);
}

function createSnapshot(
  request: Request & { intent: 'snapshot.create' },
  { home, formerHomes, container }: World,
  hasImage: boolean,
  notes: PlanNote[],
): DockerChange[] {
  const { volume = home.name, spec } = request;
  if (volume === home.name && !isOwn(home)) throw errors.absent(spec.name);
  const { name } = requireNamed([home, ...formerHomes], volume, 'volume', errors);
  const message =
    'What is written while the copy is made may be in it half. `sindri stop` first for a copy without that.';
  if (container.data?.status === 'running') notes.push({ level: 'info', code: 'DOCKER_SNAPSHOT_LIVE', message });
  const resource = { type: 'snapshot', name };
  const copy = { id: idOf(resource, 'create'), action: 'create', resource, title: `copy volume ${name}` } as const;
  return inOrder(pull(request, hasImage || container.data !== undefined), [
    makeChange({ ...copy, payload: { from: name } }),
  ]);
}

function restore(
  { snapshot, spec }: Request & { intent: 'snapshot.restore' },
  { snapshots, home, container }: World,
  hasImage: boolean,
): DockerChange[] {
  const { name: from, data: copied } = requireNamed(snapshots, snapshot, 'snapshot', errors);
  if (copied?.copy !== 'whole')
    throw dockerError('DOCKER_SNAPSHOT_UNKNOWN', 'usage', `The snapshot ${snapshot} is not whole.`);
  const { data: there } = container;
  const generation = (home.data?.generation ?? 0) + 1;
  const volume = `${namesOf(spec.name).volume}-${generation}`;
  const resource = { type: 'volume', name: volume };
  const title = `copy snapshot ${snapshot} to the new volume ${volume}`;
  const copy = { id: idOf(resource, 'create'), action: 'create', resource, title } as const;
  const copies = inOrder(pull({ spec }, hasImage || there !== undefined), [
    makeChange({ ...copy, payload: { from, generation } }),
  ]);
  if (!there?.settings || !container.owned) return copies;
  const replace = makeChange<Payload>({
    action: 'replace',
    resource: { type: 'container', name: container.name },
    title: `make container ${container.name} anew on it; ${home.name} stays beside it`,
    impact: ['replace'],
    differences: [{ field: 'volume', from: there.settings.volume, to: volume }],
    payload: { settings: { ...there.settings, volume }, container: there.id, asleep: stateOf(there) !== 'running' },
  });
  return inOrder(copies, [replace]);
}

/** A key comes or goes by a command inside; what the config brings is there again at the next start. */
function changeKey(
  request: Request & { intent: 'key.admit' | 'key.remove' },
  { container }: World,
  notes: PlanNote[],
): DockerChange {
  const { data: there, name } = container;
  if (there === undefined || !container.owned) throw errors.absent(request.spec.name);
  if (there.status !== 'running') throw errors.asleep(request.spec.name);
  const isAdmission = request.intent === 'key.admit';
  const print = isAdmission ? fingerprint(request.publicKey) : request.fingerprint;
  const [from, to] = isAdmission ? [null, 'admitted'] : ['admitted', null];
  const message = `${authorizedKeysVariable} comes from the config: the key is admitted until the next start. Add it to the config to keep it.`;
  if (isAdmission && authorizedKeysVariable in (there.settings?.secrets ?? {}))
    notes.push({ level: 'info', code: 'DOCKER_KEY_UNTIL_RESTART', message });
  return makeChange<Payload>({
    id: `keys:${print}:${isAdmission ? 'admit' : 'remove'}`,
    action: 'update',
    resource: { type: 'keys', name },
    title: `${isAdmission ? 'admit' : 'remove'} SSH key ${print}`,
    differences: [{ field: print, from, to }],
    payload: {
      container: there.id,
      key: isAdmission ? { publicKey: request.publicKey, comment: request.comment ?? '' } : print,
    },
  });
}

function pull({ spec }: Pick<Request, 'spec'>, hasImage: boolean): DockerChange[] {
  const { reference: name } = resolveImage(spec);
  const policy = spec.image?.pullPolicy ?? 'IfNotPresent';
  if (hasImage && policy !== 'Always') return [];
  if (policy !== 'Never')
    return [makeChange({ action: 'prepare', resource: { type: 'image', name }, title: `pull ${name}`, payload: {} })];
  const message = `The engine has no image ${name}, and the pull policy is Never.`;
  throw dockerError('DOCKER_IMAGE_MISSING', 'refused', message, 'Pull or build it, or choose another policy.');
}

/** Where the host has looked nothing up, only some versions have a tag that stands for them. */
function noteImage({ spec }: Request, notes: PlanNote[]): void {
  const { origin, reference } = resolveImage(spec);
  if (reference === '') {
    throw dockerError(
      'DOCKER_IMAGE_VERSION',
      'usage',
      'No published tag always stays within this version range of the image, and no registry was asked.',
      'Name an exact version, or a range such as `^3.1.0`. Programs can give `images` to openEnvironment.',
    );
  }
  const message = `The config names no image: ${reference} is used.`;
  if (origin === 'default') notes.push({ level: 'info', code: 'DOCKER_IMAGE_DEFAULT', message });
}

/** There may be several volumes and snapshots. */
function idOf({ type, name }: Pick<Resource, 'type' | 'name'>, action: string): string {
  return type === 'volume' || type === 'snapshot' ? `${type}:${name}:${action}` : `${type}:${action}`;
}

function creation({ type, name }: Resource): DockerChange {
  const resource = { type, name };
  return makeChange({ id: idOf(resource, 'create'), action: 'create', resource, payload: {} });
}

function deletion({ type, name, data }: Resource): DockerChange {
  const resource = { type, name };
  const isData = type === 'volume' || type === 'snapshot';
  return makeChange<Payload>({
    id: idOf(resource, 'delete'),
    action: 'delete',
    resource,
    impact: isData ? ['data-loss'] : ['in-place'],
    payload: data !== undefined && 'id' in data ? { container: data.id } : {},
  });
}
