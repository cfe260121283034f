import { createHash } from 'node:crypto';
import type { Observation, ObservedResource } from '../model/observation.js';
import type { CostSummary } from '../model/cost.js';
import type { Change, PlanNote } from '../model/plan.js';
import { makeChange } from '../provider/parts.js';
import type { JsonShapes, PlanRequest, ProviderShapes, ProviderV1 } from '../provider/contract.js';
import type { StandardErrors, StandardNotes } from '../provider/standard-errors.js';
import { isOwn, planDestroy, requireNamed } from './owned.js';
import { planSecrets, type SecretsParts } from './plan-secrets.js';

type Asked<S extends ProviderShapes, Name extends PlanRequest['intent']> = PlanRequest<S['options']> & { intent: Name };
type Resource<S extends ProviderShapes> = ObservedResource<S['data']>;
type Changes<S extends ProviderShapes> = Change<S['payload']>[];

/** What of planning is a provider's own. `World` is an observation as the provider likes to see it. */
export interface PlannerParts<S extends ProviderShapes, World> {
  errors: StandardErrors;
  notes: StandardNotes;
  open(observation: Observation<S['data'], S['facts']>): World;
  /** Of what is there or is going to be. */
  cost(world: World): CostSummary | null;
  deploy(request: Asked<S, 'deploy'>, world: World, notes: PlanNote[]): Changes<S>;
  /** Everything that a destroy deletes if it is ours, in groups in the order in which they go: what one uses goes after it. */
  all(world: World): readonly (readonly Resource<S>[])[];
  /** Which types a destroy can leave, and what stays with each: `{ volume: ['snapshot'] }`. */
  keepable: Readonly<Record<string, readonly string[]>>;
  deletion(resource: Resource<S>): Change<S['payload']>;
  /** With the intent `volume.delete` or with snapshots. */
  volumes?: {
    /** Those of the environment, first the one that is its home. */
    of(world: World): readonly Resource<S>[];
    isUsed(volume: Resource<S>, world: World): boolean;
  };
  snapshots?: {
    of(world: World): readonly Resource<S>[];
    isReady(snapshot: Resource<S>): boolean;
    create(volume: Resource<S>, request: Asked<S, 'snapshot.create'>, world: World, notes: PlanNote[]): Changes<S>;
    restore(snapshot: Resource<S>, request: Asked<S, 'snapshot.restore'>, world: World): Changes<S>;
  };
  /** Where SSH keys are changed by a command inside. */
  keys?: {
    /** The secret of a config that says which keys there are at every start. */
    secret: string;
    /** Who admits them; `null` when there is nobody. `isDeclared`: the config has that secret. */
    of(world: World): { name: string; isRunning: boolean; isDeclared: boolean } | null;
    payload(key: { publicKey: string; comment: string } | { fingerprint: string }, world: World): S['payload'];
  };
  /** Where what is set apart from a deploy is kept beside what runs, which is made anew to get it. */
  secrets?: SecretsParts<S, World>;
}

/**
 * The member `plan`, from what is the provider's own in it. What every provider has to do for each intent is here: nothing is planned
 * around what could not be read, only what is ours is deleted, what is unknown, in use or asleep is refused in the same words, and people
 * are told what is lost.
 */
export function createPlanner<S extends ProviderShapes = JsonShapes, World = Observation<S['data'], S['facts']>>(
  parts: PlannerParts<S, World>,
): ProviderV1<S>['plan'] {
  return (request, observation) => {
    const world = parts.open(observation);
    const notes: PlanNote[] = [];
    const isWhole = observation.resources.every(({ status }) => status !== 'unobserved');
    const changes = isWhole || !NEEDS_ALL.includes(request.intent) ? plan(parts, request, world, notes) : [];
    return { changes, notes, cost: parts.cost(world) };
  };
}

/** Where what was not read may be in the way. */
const NEEDS_ALL: readonly PlanRequest['intent'][] = [
  'deploy',
  'snapshot.create',
  'snapshot.restore',
  'secrets.set',
  'secrets.deploy',
];

function plan<S extends ProviderShapes, World>(
  parts: PlannerParts<S, World>,
  request: PlanRequest<S['options']>,
  world: World,
  notes: PlanNote[],
): Changes<S> {
  const { errors, deletion, volumes, snapshots } = parts;
  const snapshot = (name: string) => requireNamed(snapshots?.of(world) ?? [], name, 'snapshot', errors);
  switch (request.intent) {
    case 'deploy':
      return parts.deploy(request, world, notes);
    case 'destroy':
      return destroy(parts, request, world, notes);
    case 'volume.delete': {
      const volume = requireNamed(volumes?.of(world) ?? [], request.volume, 'volume', errors);
      if (volumes?.isUsed(volume, world) !== false) throw errors.volumeInUse(request.volume);
      return [deletion(volume)];
    }
    case 'snapshot.create': {
      const list = volumes?.of(world) ?? [];
      const [home] = list;
      if (request.volume === undefined && (home === undefined || !isOwn(home))) throw errors.absent(request.spec.name);
      const volume = requireNamed(list, request.volume ?? home?.name ?? '', 'volume', errors);
      return snapshots?.create(volume, request, world, notes) ?? [];
    }
    case 'snapshot.restore': {
      const source = snapshot(request.snapshot);
      if (snapshots?.isReady(source) !== true) throw errors.snapshotNotReady(source.name);
      return snapshots.restore(source, request, world);
    }
    case 'snapshot.delete':
      return [deletion(snapshot(request.snapshot))];
    case 'key.admit':
    case 'key.remove':
      return changeKey(parts, request, world, notes);
    case 'secrets.set':
    case 'secrets.deploy':
      return planSecrets(parts, request, world, notes);
    default:
      throw errors.unplanned(request.intent);
  }
}

function destroy<S extends ProviderShapes, World>(
  { errors, notes: told, all, keepable, deletion }: PlannerParts<S, World>,
  request: Asked<S, 'destroy'>,
  world: World,
  notes: PlanNote[],
): Changes<S> {
  const changes = planDestroy(request, all(world), keepable, errors, deletion);
  const lost = changes.filter(({ impact }) => impact.includes('data-loss')).map(({ resource }) => resource.name);
  if (lost.length > 0) notes.push(told.dataLoss(lost));
  return changes;
}

function changeKey<S extends ProviderShapes, World>(
  { errors, notes: told, keys }: PlannerParts<S, World>,
  request: Asked<S, 'key.admit' | 'key.remove'>,
  world: World,
  notes: PlanNote[],
): Changes<S> {
  if (keys === undefined) throw errors.unplanned(request.intent);
  const holder = keys.of(world);
  if (holder === null) throw errors.absent(request.spec.name);
  if (!holder.isRunning) throw errors.asleep(request.spec.name);
  const isAdmission = request.intent === 'key.admit';
  const fingerprint = isAdmission ? fingerprintOf(request.publicKey) : request.fingerprint;
  const key = isAdmission ? { publicKey: request.publicKey, comment: request.comment ?? '' } : { fingerprint };
  if (isAdmission && holder.isDeclared) notes.push(told.keyUntilRestart(keys.secret));
  return [
    makeChange<S['payload']>({
      id: `keys:${fingerprint}:${isAdmission ? 'admit' : 'remove'}`,
      action: 'update',
      resource: { type: 'keys', name: holder.name },
      title: `${isAdmission ? 'admit' : 'remove'} SSH key ${fingerprint}`,
      differences: [{ field: fingerprint, from: isAdmission ? null : 'admitted', to: isAdmission ? 'admitted' : null }],
      payload: keys.payload(key, world),
    }),
  ];
}

/** `SHA256:…`, as `ssh-keygen -l` prints it. */
function fingerprintOf(publicKey: string): string {
  const blob = Buffer.from(publicKey.split(' ')[1] ?? '', 'base64');
  return `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`;
}
