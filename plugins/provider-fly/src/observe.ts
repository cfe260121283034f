import type { ObserveRequest, OperationContext, SindriError } from '@sindri/core';
import type { FlyApi } from './api/client.js';
import { APP_NAME_TAKEN_HINT, appNameTakenMessage } from './api/error-rules.js';
import { hasCode } from './api/errors.js';
import type { WireApp, WireMachine, WireVolume } from './api/types.js';
import { readLists, type Lists } from './app-lists.js';
import { attempt, type Read } from './attempt.js';
import { creationRecords } from './creation-record.js';
import { readEnvironmentDefaults } from './environment-defaults.js';
import {
  desiredNames,
  findRegion,
  hasMark,
  isMarked,
  noFacts,
  portsBeside,
  selectMachines,
  toAppData,
  toBuilderData,
  toBuildVolumes,
  toForeignVolumes,
  toIpsData,
  toMachineData,
  toSecretsData,
  toVolumeData,
  wantsSecond,
  type DesiredNames,
} from './planner/index.js';
import {
  metadataKeys,
  resourceIds,
  type FlyData,
  type FlyFacts,
  type FlyObservation,
  type FlyResource,
  type FlySpec,
  type MachineData,
} from './model.js';
import { askForRegions, type AskedRegions } from './live-regions.js';
import { absentImage, observeImage } from './observe-image.js';
import { rememberedMachine } from './machine/remembered-machine.js';
import { readRestoreFacts } from './observe-restore.js';
import { unlistedMachines } from './machine/unlisted-machine.js';
import { flyError } from './fly-error.js';

export interface ObserveOptions {
  /**
   * `plan` looks at everything. `summary` asks only what a status needs: addresses, volume and machine. The app is then known by
   * what those answers imply, and its secrets are asked for only where no machine shows whose the app is.
   */
  purpose: 'plan' | 'summary';
  /** What is going to be planned: a restore needs the snapshots as well. */
  intent?: ObserveRequest['intent'];
  /** The keys with which this user can log in, for a plan; they may come while Fly is asked. */
  identities: FlyFacts['identities'] | Promise<FlyFacts['identities']>;
}

/**
 * Looks at everything that belongs to `spec`, in as few requests as possible and in as few round trips: where the app is not likely
 * to be there nothing below it is asked for before it is seen, else everything is asked for at once. A read that failed is reported
 * as `unobserved`.
 *
 * Rejects with `FLY_TOKEN_REFUSED`, `FLY_APP_NAME_TAKEN` (the app belongs to somebody else), `FLY_UNREACHABLE` when nothing
 * answers. What a config asks for is not judged here: what exists can be looked at whatever it says.
 */
export async function observeFly(
  api: FlyApi,
  spec: FlySpec,
  context: OperationContext,
  options: ObserveOptions,
): Promise<FlyObservation> {
  const defaults = readEnvironmentDefaults(context.env);
  const names = desiredNames(spec, defaults);
  const facts: FlyFacts = { ...noFacts, defaults };
  const observation = async (resources: FlyResource[]): Promise<FlyObservation> => ({
    environment: spec.name,
    provider: 'fly',
    observedAt: new Date(context.clock.now()).toISOString(),
    resources,
    facts: { ...facts, identities: await options.identities },
  });

  const lists = (): Promise<Lists> => readLists(api, names.app, options.purpose);
  const asksImage = (): Promise<FlyResource[]> => observeImage(context, spec, names.app);
  let app: WireApp | null = null;
  let early: Lists | null = null;
  let image: Promise<FlyResource[]> | null = null;
  let regions: AskedRegions | null = null;
  if (options.purpose === 'plan') {
    // Only a guess at which questions will be needed: where a machine was made from here, the app is likely to be there.
    const isLikely = (await rememberedMachine(context, names.app).read()) !== null;
    const isKnown = findRegion(names.region) !== undefined;
    regions = isLikely && isKnown ? null : askForRegions(api, names.region, context);
    [app, early] = await Promise.all([readApp(api, names), isLikely ? lists() : null]);
    if (app !== null) image = asksImage();
    if (app === null || !isKnown) {
      facts.regions = await (regions ?? askForRegions(api, names.region, context)).use();
    }
    if (app === null) return observation([...absentResources(names, wantsSecond(spec)), ...absentImage(spec)]);
  }

  const { ips, secretsRead, listed, listedMachines, builders } = early ?? (await lists());
  // By now it has been answered, unless something is wrong with it.
  regions?.giveUp();
  // The lists are not of one moment: another deploy may have made volume and machine between the two.
  const volumes = mountsUnlisted(listedMachines, listed) ? await attempt(api.volumes.list(names.app)) : listed;
  // A plan that knew more than the lists would have to wait for them: `apply` finds what is there by its name.
  const remembered =
    options.purpose === 'summary' && listedMachines.ok && listedMachines.value.length === 0
      ? await rememberedMachine(context, names.app).read()
      : null;
  const machines = await withUnlisted(listedMachines, volumes, (known, attached) =>
    unlistedMachines(api, names.app, attached, known, remembered),
  );
  if (app === null) {
    const reads = [ips, volumes, machines];
    if (reads.every((read) => !read.ok && hasCode(read.error, 'FLY_NOT_FOUND'))) {
      return observation(absentResources(names, wantsSecond(spec)));
    }
    refuseWhenNothingIsKnown(reads, names.app);
  }

  const isMachineMarked =
    machines.ok &&
    machines.value.some((machine) => machine.state !== 'destroyed' && isMarked(toMachineData(machine), spec));
  const hadMark = secretsRead.ok ? hasMark(secretsRead.value) : null;
  // The note goes when the mark has come: where neither is seen, the mark may have come since the secrets were read.
  const isNoted = !isMachineMarked && hadMark !== true && (await wasAskedForHere(context, names.app, app));
  // Nor are the secrets of the moment of the lists: whoever has made what is in them had set the mark before.
  const isBefore =
    hadMark === false && (!isNoted || [ips, volumes, machines].some((read) => read.ok && read.value.length > 0));
  const asksSecrets = options.purpose === 'summary' ? !isMachineMarked : isBefore;
  const secrets = asksSecrets ? await attempt(api.secrets.list(names.app)) : secretsRead;
  const carriesMark = isMachineMarked || (secrets.ok && hasMark(secrets.value));
  facts.askedForHere = !carriesMark && isNoted;
  // What this computer remembers is a proof only while nothing is in the app.
  const isEmpty = [ips, secrets, volumes, machines].every((read) => read.ok && read.value.length === 0);
  const isOurs = carriesMark || (facts.askedForHere && isEmpty);

  if (options.intent === 'snapshot.restore' && volumes.ok) {
    Object.assign(facts, await readRestoreFacts(api, names.app, volumes.value, context));
  }

  facts.builders = builders.map(toBuilderData);
  const resources: FlyResource[] = [
    ...((await image) ?? []),
    app === null
      ? { ...appResource(names), status: 'unobserved', reason: 'not asked for' }
      : { ...appResource(names), status: 'present', owned: isOurs, data: { kind: 'app', ...toAppData(app) } },
    resource({ id: resourceIds.ips, type: 'ips', name: names.app }, isOurs, ips, (value) => ({
      kind: 'ips',
      ...toIpsData(value),
    })),
    resource({ id: resourceIds.secrets, type: 'secrets', name: names.app }, isOurs, secrets, (value) => ({
      kind: 'secrets',
      ...toSecretsData(value),
    })),
    ...machinesAndVolumes({ spec, names, machines, volumes, facts, isOurs }),
  ];
  return observation(resources);
}

/** The machines, with those that the list lacks although a volume of ours is attached to them. */
async function withUnlisted(
  machines: Read<WireMachine[]>,
  volumes: Read<WireVolume[]>,
  find: (machines: WireMachine[], volumes: WireVolume[]) => Promise<WireMachine[]>,
): Promise<Read<WireMachine[]>> {
  if (!machines.ok || !volumes.ok) return machines;
  const unlisted = await attempt(find(machines.value, volumes.value));
  if (!unlisted.ok) return unlisted;
  return unlisted.value.length === 0 ? machines : { ok: true, value: [...machines.value, ...unlisted.value] };
}

/** Whether this computer has asked for this app. One in another organization than it asked for is another app. */
export async function wasAskedForHere(context: OperationContext, app: string, seen: WireApp | null): Promise<boolean> {
  const record = await creationRecords(context).read(app);
  if (record === null) return false;
  const organization = seen?.organization?.slug ?? '';
  // `personal` is an alias of the user's own organization, whose real slug differs.
  return organization === '' || record.organization === 'personal' || record.organization === organization;
}

/** Whether a living machine mounts a volume that the list of volumes lacks. */
function mountsUnlisted(machines: Read<WireMachine[]>, volumes: Read<WireVolume[]>): boolean {
  if (!machines.ok || !volumes.ok) return false;
  const known = new Set(volumes.value.map(({ id }) => id));
  return machines.value
    .filter(({ state }) => state !== 'destroyed' && state !== 'destroying')
    .flatMap(({ config }) => config?.mounts ?? [])
    .some(({ volume }) => volume !== undefined && volume !== '' && !known.has(volume));
}

/** The app, `null` when there is none. Throws `FLY_APP_NAME_TAKEN` when it is somebody else's. */
async function readApp(api: FlyApi, names: DesiredNames): Promise<WireApp | null> {
  try {
    return await api.apps.get(names.app);
  } catch (error) {
    // The API says 403, not 404, to who may not see an app that exists.
    if (hasCode(error, 'FLY_FORBIDDEN')) throw appNameTaken(names.app, error);
    throw error;
  }
}

export function appNameTaken(app: string, cause: SindriError): SindriError {
  return flyError({
    code: 'FLY_APP_NAME_TAKEN',
    kind: 'refused',
    message: appNameTakenMessage(app),
    hint: APP_NAME_TAKEN_HINT,
    details: { app, ...cause.details },
    cause,
  });
}

/** Throws what stands in the way when not one of the reads came through. */
function refuseWhenNothingIsKnown(reads: Read<unknown>[], app: string): void {
  const errors = reads.flatMap((read) => (read.ok || read.error === null ? [] : [read.error]));
  const [first] = errors;
  if (first === undefined || errors.length < reads.length) return;
  throw first.code === 'FLY_FORBIDDEN' ? appNameTaken(app, first) : first;
}

interface MachinesAndVolumes {
  spec: FlySpec;
  names: DesiredNames;
  machines: Read<WireMachine[]>;
  volumes: Read<WireVolume[]>;
  /** Gets what else is in the app. */
  facts: FlyFacts;
  /** Whether the app is. */
  isOurs: boolean;
}

function machinesAndVolumes({ spec, names, machines, volumes, facts, isOurs }: MachinesAndVolumes): FlyResource[] {
  const selection = machines.ok ? selectMachines(machines.value.map(toMachineData), spec) : null;
  const first = selection?.ours[0] ?? null;
  const second = selection?.second ?? null;
  if (selection !== null) {
    facts.foreignMachines = selection.foreign.map(({ id, name, state, config }) => {
      const ports = portsBeside(config, names.internalPort);
      return { id, name, state, ...(ports.length === 0 ? {} : { ports }) };
    });
    facts.siblings = selection.foreign
      .filter((machine) => isMarked(machine, spec))
      .map(({ id, name, state, region }) => ({ id, name, state, region }));
  }
  facts.replaced = (selection?.replaced ?? []).map(({ id, name, state, region, metadata }) => ({
    id,
    name,
    state,
    region,
    ...(metadata[metadataKeys.instance] === 'second' ? { isSecond: true as const } : {}),
  }));
  if (volumes.ok) {
    facts.buildVolumes = toBuildVolumes(volumes.value);
    facts.foreignVolumes = toForeignVolumes(volumes.value, [names.volume, names.second.volume]);
  }

  const volumeOf = (name: string, user: MachineData | null): FlyResource => {
    const identity = { id: resourceIds.volume(name), type: 'volume', name };
    if (!volumes.ok) return { ...identity, status: 'unobserved', reason: volumes.reason };
    const volume = toVolumeData(volumes.value, { name, region: names.region, machineId: user?.id ?? null });
    if (volume === null) return { ...identity, status: 'absent' };
    // A volume has no metadata of its own: it is ours when its machine is, or when it waits for one under our name in our app.
    const { attachedMachineId: holder } = volume;
    const owned = holder === null ? isOurs : user?.id === holder && isMarked(user, spec);
    return { ...identity, status: 'present', owned, data: { kind: 'volume', ...volume } };
  };
  const machineOf = (name: string, machine: MachineData | null): FlyResource => {
    const identity = { id: resourceIds.machine(name), type: 'machine', name };
    if (!machines.ok) return { ...identity, status: 'unobserved', reason: machines.reason };
    if (machine === null) return { ...identity, status: 'absent' };
    return { ...identity, status: 'present', owned: isMarked(machine, spec), data: { kind: 'machine', ...machine } };
  };
  const main = [volumeOf(names.volume, first), ...names.machines.map((name) => machineOf(name, first))];
  const ofSecond = [volumeOf(names.second.volume, second), machineOf(names.second.machine, second)];
  // Where nobody wants a second one, and nothing shows of one, what could not be read is told of the first.
  return wantsSecond(spec) || ofSecond.some(({ status }) => status === 'present') ? [...main, ...ofSecond] : main;
}

function resource<T>(
  identity: Pick<FlyResource, 'id' | 'type' | 'name'>,
  owned: boolean,
  read: Read<T>,
  toData: (value: T) => FlyData,
): FlyResource {
  return read.ok
    ? { ...identity, status: 'present', owned, data: toData(read.value) }
    : { ...identity, status: 'unobserved', reason: read.reason };
}

/** An app that is not there, and nothing in it. */
export function absentResources(names: DesiredNames, withSecond = false): FlyResource[] {
  const pairs = [{ volume: names.volume, machine: names.machines[0] ?? '' }, ...(withSecond ? [names.second] : [])];
  return [
    { ...appResource(names), status: 'absent' },
    { id: resourceIds.ips, type: 'ips', name: names.app, status: 'absent' },
    { id: resourceIds.secrets, type: 'secrets', name: names.app, status: 'absent' },
    ...pairs.flatMap(({ volume, machine }): FlyResource[] => [
      { id: resourceIds.volume(volume), type: 'volume', name: volume, status: 'absent' },
      { id: resourceIds.machine(machine), type: 'machine', name: machine, status: 'absent' },
    ]),
  ];
}

function appResource(names: DesiredNames): Pick<FlyResource, 'id' | 'type' | 'name'> {
  return { id: resourceIds.app, type: 'app', name: names.app };
}
