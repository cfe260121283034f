import type { Change, PlanNote } from '../model/plan.js';
import type { EnvironmentState } from '../model/summary.js';
import { makeChange } from '../provider/parts.js';
import type { PlanRequest, ProviderShapes } from '../provider/contract.js';
import type { StandardErrors, StandardNotes } from '../provider/standard-errors.js';
import {
  deployedSecrets,
  lastMark,
  waitingSecrets,
  withKept,
  type SecretFingerprints,
  type SecretsThere,
  type SecretsUpdate,
} from './kept-secrets.js';

/** What runs, or sleeps, with the secrets that it has and those that are kept beside it. */
export interface SecretHolder extends SecretsThere {
  /** Of the thing that is made anew: `sindri-x`. */
  name: string;
  /** `null` when there is none: what is kept waits for it. */
  state: EnvironmentState | null;
}

/** What of planning secrets is a provider's own: where they are kept, and how they get inside. */
export interface SecretsParts<S extends ProviderShapes, World> {
  of(world: World): SecretHolder;
  /** Of the change `secrets:update`, which keeps what is set; the values are in {@link ApplyContext.secrets}. */
  payload(update: SecretsUpdate, world: World): S['payload'];
  /** Makes what runs, or sleeps, anew with these secrets, and leaves asleep what sleeps. */
  bring(inside: SecretFingerprints, request: PlanRequest<S['options']>, world: World): BringingChange<S['payload']>;
}

/** A change that brings secrets inside: what of it is the provider's to say. */
export type BringingChange<Payload extends object> = Pick<
  Change<Payload>,
  'action' | 'resource' | 'impact' | 'payload'
>;

interface Parts<S extends ProviderShapes, World> {
  errors: StandardErrors;
  notes: StandardNotes;
  secrets?: SecretsParts<S, World>;
}

/**
 * The changes of `secrets.set` and `secrets.deploy`: first what is set is kept, then what runs gets it together with everything else that
 * waits, unless it is only staged. What is kept or inside already, with this value, is nothing to do.
 */
export function planSecrets<S extends ProviderShapes, World>(
  { errors, notes: told, secrets }: Parts<S, World>,
  request: PlanRequest<S['options']> & { intent: 'secrets.set' | 'secrets.deploy' },
  world: World,
  notes: PlanNote[],
): Change<S['payload']>[] {
  if (secrets === undefined) throw errors.unplanned(request.intent);
  const there = secrets.of(world);
  if (there.state === null || there.state === 'incomplete')
    throw errors.absent(request.spec.name, there.state !== null);
  const update = request.intent === 'secrets.set' ? readUpdate(request, there, told, notes) : NOTHING;
  const names = Object.keys(update.set);
  const kept = names.length === 0 ? [] : [keepSecrets<S, World>(secrets, update, there, world)];
  const after = { ...there, kept: { ...there.kept, ...marks(update) } };
  const waits = waitingSecrets(after);
  if (request.intent === 'secrets.set') {
    const asked = waits.filter((name) => request.set.includes(name) || request.unset.includes(name));
    if (request.stage === true && names.length > 0) notes.push(told.secretsStaged(waits));
    if (request.stage === true || asked.length === 0) return kept;
  } else if (waits.length === 0) {
    notes.push(told.secretsLive(there.name));
    return [];
  }
  if (there.state === 'stopped' || there.state === 'suspended') notes.push(told.secretsAsleep(there.name, there.state));
  const change = secrets.bring(withKept(after), request, world);
  const how = change.action === 'replace' ? ['make', ' anew'] : ['update', ''];
  return [
    ...kept,
    makeChange<S['payload']>({
      ...change,
      title: `${how[0]} ${change.resource.type} ${there.name}${how[1]} ${withOrWithout(after, waits)}`,
      differences: [{ field: 'secrets', from: 'the old ones', to: 'the new ones' }],
      dependsOn: kept.map(({ id }) => id),
    }),
  ];
}

const NOTHING: SecretsUpdate = { set: {}, forget: [] };

/** How a deploy brings about what runs, see {@link planHolder}. */
export interface HolderPlan<Payload extends object> {
  /** To be made before what makes it anew: what was set apart counts no more where the config has a value, for the deploy was said later. */
  forget: Change<Payload>[];
  steps: Change<Payload>[];
  isInPlace: boolean;
}

/**
 * The steps of a deploy for what has secrets and is made anew to get others: `run` plans it with those that are wanted, for example with
 * `planRunning`. What waits goes on waiting where nothing else makes it anew, and comes along where something does.
 */
export function planHolder<S extends ProviderShapes, World>(
  { notes: told, secrets }: { notes: StandardNotes; secrets: SecretsParts<S, World> },
  request: PlanRequest<S['options']>,
  world: World,
  notes: PlanNote[],
  run: (secrets: SecretFingerprints) => Change<S['payload']>[],
): HolderPlan<S['payload']> {
  const there = secrets.of(world);
  const { quiet, anew, overridden } = deployedSecrets(request, there);
  const steps = run(quiet);
  const isInPlace = steps.every(({ action }) => action === 'update' || action === 'start');
  const waits = waitingSecrets(there).filter((name) => !overridden.includes(name));
  if (isInPlace && waits.length > 0) notes.push(told.secretsStaged(waits));
  const update = { set: {}, forget: overridden };
  const forget = overridden.length === 0 ? [] : [keepSecrets<S, World>(secrets, update, there, world)];
  return { forget, isInPlace, steps: isInPlace ? steps : run(anew) };
}

/** The change that keeps what `update` says, and no more. */
function keepSecrets<S extends ProviderShapes, World>(
  secrets: Pick<SecretsParts<S, World>, 'payload'>,
  update: SecretsUpdate,
  there: SecretHolder,
  world: World,
): Change<S['payload']> {
  const isSet = (name: string): boolean => lastMark(there, name) !== null;
  const set = Object.keys(update.set).filter((name) => update.set[name] !== null);
  const removed = Object.keys(update.set).filter((name) => update.set[name] === null);
  const parts = [
    ['keep', set],
    ['remove', removed],
    ['forget what was set of', update.forget],
  ] as const;
  const said = parts.flatMap(([verb, names]) => (names.length === 0 ? [] : [`${verb} ${names.join(', ')}`]));
  return makeChange<S['payload']>({
    action: 'update',
    resource: { type: 'secrets', name: there.name },
    title: `secrets of ${there.name}: ${said.join('; ')}`,
    differences: [
      ...set.map((name) => ({ field: `secrets.${name}`, from: isSet(name) ? 'old value' : null, to: 'new value' })),
      ...removed.map((name) => ({ field: `secrets.${name}`, from: 'set', to: null })),
      ...update.forget.map((name) => ({ field: `secrets.${name}`, from: 'set apart', to: 'from the config' })),
    ],
    payload: secrets.payload(update, world),
  });
}

function readUpdate(
  { spec, secrets, unset }: PlanRequest<object> & { intent: 'secrets.set' },
  there: SecretsThere,
  told: StandardNotes,
  notes: PlanNote[],
): SecretsUpdate {
  const changed = secrets.filter(({ name, fingerprint }) => lastMark(there, name) !== fingerprint);
  const gone = unset.filter((name) => lastMark(there, name) !== null);
  const absent = unset.filter((name) => lastMark(there, name) === null && there.inside[name] === undefined);
  if (absent.length > 0) notes.push(told.secretAbsent(absent));
  const set = Object.fromEntries([
    ...changed.map(({ name, fingerprint }) => [name, fingerprint] as const),
    ...gone.map((name) => [name, null] as const),
  ]);
  const declared = spec.secrets.flatMap(({ name }) => (Object.hasOwn(set, name) ? [name] : []));
  if (declared.length > 0) notes.push(told.secretDeclared(declared));
  return { set, forget: [] };
}

function marks({ set }: SecretsUpdate): SecretsThere['kept'] {
  return Object.fromEntries(Object.entries(set).map(([name, fingerprint]) => [name, { fingerprint, at: '' }]));
}

function withOrWithout({ kept }: SecretsThere, names: readonly string[]): string {
  const isRemoval = names.every((name) => kept[name]?.fingerprint === null);
  return `${isRemoval ? 'without' : 'with its new secrets:'} ${names.join(', ')}`;
}
