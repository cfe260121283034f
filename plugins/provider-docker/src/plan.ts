import type { ChangeImpact, FieldDifference, JsonValue, PlanNote, PlanRequest, ProviderPlan } from '@sindri/core';
import { canonicalJson, makeChange, nearest } from '@sindri/core';
import { resolveImage } from '@sindri/image-contract';
import { dockerError } from './docker-error.js';
import type { DockerOptions } from './options.js';
import { changeableInPlace, namesOf, settingsOf, type Settings } from './settings.js';
import type { DockerChange, Payload, Resource, Seen, VolumeData } from './shapes.js';
import { sortWorld, stateOf, type World } from './world.js';

type Request = PlanRequest<DockerOptions>;

export function planDocker(request: Request, observation: Seen): ProviderPlan<Payload> {
  const world = sortWorld(observation);
  const notes: PlanNote[] = [];
  const { image, reference } = observation.facts;
  // Of another reference than the one that was looked for nobody knows whether it is there.
  const hasImage = image !== null && reference === resolveImage(request.spec).reference;
  return { changes: changesFor(request, world, hasImage, notes), notes, cost: freeOfCharge };
}

/** The engine is somebody's own computer. */
export const freeOfCharge = { currency: 'USD', monthlyRunning: 0, monthlyIdle: 0, items: [], pricesAsOf: null };

function changesFor(request: Request, world: World, hasImage: boolean, notes: PlanNote[]): DockerChange[] {
  switch (request.intent) {
    case 'deploy':
      return world.isWhole ? deploy(request, world, hasImage, notes) : [];
    case 'destroy':
      return destroy(request, world, notes);
    case 'volume.delete':
      return [deleteVolume(request.volume, world)];
    case 'snapshot.create':
      return world.isWhole ? createSnapshot(request, world, hasImage, notes) : [];
    case 'snapshot.restore':
      return world.isWhole ? restore(request, world, hasImage) : [];
    case 'snapshot.delete':
      return [deletion(find(world.snapshots, request.snapshot, 'snapshot'))];
    default:
      throw dockerError('DOCKER_CHANGE_UNKNOWN', 'internal', `"${request.intent}" is not planned here.`);
  }
}

function deploy(
  request: Request & { intent: 'deploy' },
  world: World,
  hasImage: boolean,
  notes: PlanNote[],
): DockerChange[] {
  const { spec, secrets, adopt = false } = request;
  const { container, home, network } = world;
  const there = container.data;
  const wanted = settingsOf(spec, secrets, home.name);
  const hasNetwork = wanted.network === 'bridge';
  for (const one of [container, home, ...(hasNetwork ? [network] : [])]) {
    if (one.status === 'present' && !one.owned && !adopt) throw taken(one);
  }
  requireKnownImage(request);
  noteImage(request, notes);

  const differences = there?.settings ? compare(there.settings, wanted) : [];
  const state = there === undefined ? null : stateOf(there);
  const inPlace = differences.every(
    ({ field, to }) => world.changesInPlace && (changeableInPlace as string[]).includes(field) && to !== null,
  );
  const networkIsLost = there !== undefined && hasNetwork && network.status === 'absent';
  if (there?.settings && container.owned && inPlace && !networkIsLost) {
    const update = change(
      'update',
      container,
      `change ${differences.map(({ field }) => field).join(' and ')} of ${container.name}`,
      ['in-place'],
      {
        differences,
        payload: { settings: wanted, container: there.id },
      },
    );
    const changes = differences.length === 0 ? [] : [update];
    const sleeps = state === 'stopped' || state === 'suspended';
    if (state === 'running' || (sleeps && changes.length === 0)) return changes;
    const verb = sleeps ? 'wake' : 'start';
    const payload = { settings: wanted, container: there.id };
    const dependsOn = changes.map(({ id }) => id);
    return [...changes, change('start', container, `${verb} ${container.name}`, ['restart'], { payload, dependsOn })];
  }

  const changes: DockerChange[] = pull(request, hasImage);
  if (hasNetwork && network.status === 'absent')
    changes.push(change('create', network, `create network ${network.name}`));
  if (home.status === 'absent') changes.push(change('create', home, `create volume ${home.name}`));
  else if (there === undefined) {
    notes.push({
      level: 'info',
      code: 'DOCKER_VOLUME_REUSED',
      message: `The volume ${home.name}${madeOn(home)} is used again, with everything on it.`,
    });
  }
  if (spec.workspace.sizeGb !== null && home.status === 'absent') {
    notes.push({
      level: 'info',
      code: 'DOCKER_VOLUME_SIZE',
      message: 'A Docker volume has no size of its own: it grows as long as the disk has room.',
    });
  }
  const payload: Payload = { settings: wanted, ...(there === undefined ? {} : { container: there.id }) };
  const dependsOn = changes.map(({ id }) => id);
  const action = there === undefined ? 'create' : container.owned ? 'replace' : 'adopt';
  const title =
    action === 'create'
      ? `create container ${container.name} from ${wanted.image}`
      : `make container ${container.name} anew from ${wanted.image}; the volume ${home.name} stays`;
  const lost: FieldDifference[] = networkIsLost
    ? [{ field: 'network', from: null, to: network.name, why: 'it is gone' }]
    : [];
  const impact: ChangeImpact[] = action === 'create' ? ['in-place'] : ['replace'];
  changes.push(
    change(action, container, title, impact, { payload, dependsOn, differences: [...differences, ...lost] }),
  );
  return changes;
}

/** A day and no age: a plan knows no clock, and the same world gives the same plan tomorrow. */
function madeOn({ data }: Resource<VolumeData>): string {
  const createdAt = data?.createdAt ?? '';
  return createdAt === '' ? '' : `, made on ${createdAt.slice(0, 10)},`;
}

function destroy(
  { spec, keep = [], adopt = false }: Request & { intent: 'destroy' },
  world: World,
  notes: PlanNote[],
): DockerChange[] {
  const unknown = keep.find((type) => type !== 'volume' && type !== 'snapshot');
  if (unknown !== undefined) {
    const hint = `Volumes and snapshots can be kept.${nearest(unknown, ['volume', 'snapshot']) === 'volume' ? ' Did you mean "volume"?' : ''}`;
    throw dockerError('DOCKER_KEEP', 'usage', `"${unknown}" cannot be kept.`, hint);
  }
  const { container, network, home, formerHomes, snapshots } = world;
  // What it uses cannot go before it.
  if (container.status === 'unobserved') return [];
  const goes = (one: Resource): boolean => one.status === 'present' && (one.owned === true || adopt);
  const first = goes(container) ? [deletion(container)] : [];
  const dependsOn = first.map(({ id }) => id);
  const data = [
    ...(keep.includes('volume') ? [] : [home, ...formerHomes]),
    ...(keep.length > 0 ? [] : snapshots),
  ].filter(goes);
  if (data.length > 0) {
    const message = `Everything on ${data.map(({ name }) => name).join(', ')} is lost for good.`;
    notes.push({ level: 'warning', code: 'DOCKER_DATA_LOSS', message });
  }
  const rest = [...data, ...(goes(network) ? [network] : [])];
  return [...first, ...rest.map((one) => ({ ...deletion(one), dependsOn }))].filter(() => spec.name !== '');
}

function deleteVolume(name: string, { home, formerHomes, container }: World): DockerChange {
  const volume = find([home, ...formerHomes], name, 'volume');
  if (volume !== home && container.data?.settings?.volume !== volume.name) return deletion(volume);
  throw dockerError(
    'DOCKER_VOLUME_IN_USE',
    'refused',
    `${name} is the home of the environment.`,
    'Only `sindri destroy` deletes it.',
  );
}

function createSnapshot(
  request: Request & { intent: 'snapshot.create' },
  world: World,
  hasImage: boolean,
  notes: PlanNote[],
): DockerChange[] {
  const volume =
    request.volume === undefined ? world.home : find([world.home, ...world.formerHomes], request.volume, 'volume');
  requirePresent(volume);
  if (world.container.data?.status === 'running') {
    const message =
      'What is written while the copy is made may be in it half. `sindri stop` first for a copy without that.';
    notes.push({ level: 'info', code: 'DOCKER_SNAPSHOT_LIVE', message });
  }
  return [
    ...pull(request, hasImage || world.container.data !== undefined),
    change('create', { type: 'snapshot', name: volume.name }, `copy volume ${volume.name}`, ['in-place'], {
      payload: { from: volume.name },
    }),
  ].map(afterPull);
}

function restore(
  { snapshot, spec }: Request & { intent: 'snapshot.restore' },
  world: World,
  hasImage: boolean,
): DockerChange[] {
  const source = find(world.snapshots, snapshot, 'snapshot');
  if (source.data?.copy !== 'whole') {
    throw dockerError('DOCKER_SNAPSHOT_UNKNOWN', 'usage', `The snapshot ${snapshot} is not whole.`);
  }
  const { container, home } = world;
  const generation = (home.data?.generation ?? 0) + 1;
  const target = { type: 'volume', name: `${namesOf(spec.name).volume}-${generation}` };
  const changes = [
    ...pull({ spec }, hasImage || container.data !== undefined),
    change('create', target, `copy snapshot ${snapshot} to the new volume ${target.name}`, ['in-place'], {
      payload: { from: source.name, generation },
    }),
  ].map(afterPull);
  const { data } = container;
  if (!data?.settings || !container.owned) return changes;
  const settings: Settings = { ...data.settings, volume: target.name };
  const asleep = stateOf(data) !== 'running';
  const title = `make container ${container.name} anew on it; ${home.name} stays beside it`;
  const replace = change('replace', container, title, ['replace'], {
    payload: { settings, container: data.id, asleep },
    dependsOn: changes.map(({ id }) => id),
    differences: [{ field: 'volume', from: data.settings.volume, to: target.name }],
  });
  return [...changes, replace];
}

function pull({ spec }: Pick<Request, 'spec'>, hasImage: boolean): DockerChange[] {
  const { reference } = resolveImage(spec);
  const policy = spec.image?.pullPolicy ?? 'IfNotPresent';
  if (hasImage && policy !== 'Always') return [];
  if (policy !== 'Never') return [change('prepare', { type: 'image', name: reference }, `pull ${reference}`)];
  throw dockerError(
    'DOCKER_IMAGE_MISSING',
    'refused',
    `The engine has no image ${reference}, and the pull policy is Never.`,
    'Pull or build it, or choose another policy.',
  );
}

function afterPull(one: DockerChange, _index: number, all: DockerChange[]): DockerChange {
  return {
    ...one,
    dependsOn: all.filter(({ action }) => action === 'prepare' && one.action !== 'prepare').map(({ id }) => id),
  };
}

/** Where the host has looked nothing up, only some versions have a tag that stands for them. */
function requireKnownImage({ spec }: Request): void {
  if (resolveImage(spec).reference !== '') return;
  throw dockerError(
    'DOCKER_IMAGE_VERSION',
    'usage',
    'No published tag always stays within this version range of the image, and no registry was asked.',
    'Name an exact version, or a range such as `^3.1.0`. Programs can give `images` to openEnvironment.',
  );
}

function noteImage({ spec }: Request, notes: PlanNote[]): void {
  const { origin, reference } = resolveImage(spec);
  if (origin !== 'default') return;
  notes.push({
    level: 'info',
    code: 'DOCKER_IMAGE_DEFAULT',
    message: `The config names no image: ${reference} is used.`,
  });
}

/** What differs, for people. Of a secret they see the name only. */
function compare(there: Settings, wanted: Settings): FieldDifference[] {
  return (Object.keys(wanted) as (keyof Settings)[])
    .filter((field) => canonicalJson(there[field] ?? null) !== canonicalJson(wanted[field]))
    .map((field) => ({ field, from: shown(there, field), to: shown(wanted, field) }));
}

function shown(settings: Settings, field: keyof Settings): JsonValue {
  return field === 'secrets' ? Object.keys(settings.secrets ?? {}).sort() : (settings[field] ?? null);
}

function change(
  action: DockerChange['action'],
  { type, name }: Pick<Resource, 'type' | 'name'>,
  title: string,
  impact: ChangeImpact[] = ['in-place'],
  more: Partial<DockerChange> = {},
): DockerChange {
  // There may be several of these.
  const named = type === 'volume' || type === 'snapshot' ? { id: `${type}:${name}:${action}` } : {};
  return makeChange({ ...named, action, resource: { type, name }, title, impact, payload: {}, ...more });
}

function deletion(one: Resource): DockerChange {
  const keepsData = one.type === 'container' || one.type === 'network';
  const container = one.type === 'container' ? { container: (one.data as { id: string }).id } : {};
  return change('delete', one, `delete ${one.type} ${one.name}`, keepsData ? ['in-place'] : ['data-loss'], {
    payload: container,
  });
}

function find(list: Resource<VolumeData>[], name: string, what: 'volume' | 'snapshot'): Resource<VolumeData> {
  const found = list.find((one) => one.name === name && one.status === 'present' && one.owned === true);
  if (found !== undefined) return found;
  const known = list.filter(({ status }) => status === 'present').map((one) => one.name);
  throw dockerError(
    what === 'volume' ? 'DOCKER_VOLUME_UNKNOWN' : 'DOCKER_SNAPSHOT_UNKNOWN',
    'usage',
    `The environment has no ${what} "${name}".`,
    known.length === 0 ? `It has no ${what}s.` : `It has ${known.join(', ')}.`,
  );
}

function requirePresent(volume: Resource<VolumeData>): void {
  if (volume.status === 'present' && volume.owned) return;
  throw dockerError(
    'DOCKER_ABSENT',
    'refused',
    `There is no volume ${volume.name} of this environment.`,
    'Deploy first.',
  );
}

function taken({ type, name }: Resource): Error {
  return dockerError(
    'DOCKER_NAME_TAKEN',
    'refused',
    `There is a ${type} ${name} that is not of this environment.`,
    'Give the environment another name, or take it over with `--adopt`.',
  );
}
