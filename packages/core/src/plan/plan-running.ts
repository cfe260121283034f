import type { ObservedResource } from '../model/observation.js';
import type { Change, ChangeAction, FieldDifference } from '../model/plan.js';
import type { ImageSpec } from '../model/spec.js';
import type { EnvironmentState } from '../model/summary.js';
import { makeChange } from '../provider/parts.js';
import type { StandardErrors } from '../provider/standard-errors.js';
import { differencesBetween } from './differences.js';

/** The one thing of an environment that runs (a container, a machine, a pod), as a deploy finds it. */
export interface RunningThing<Settings extends object, Payload extends object> {
  resource: Pick<ObservedResource, 'type' | 'name' | 'status' | 'owned'>;
  /** `null` when there is none. */
  state: EnvironmentState | null;
  /** What it was made from; `null` when nobody knows. */
  there: Partial<Settings> | null;
  wanted: Settings;
  /** Fields of which people see only the names in them: secrets, by fingerprint. */
  namesOnly?: readonly (keyof Settings)[];
  /** What it was made with and is there no more, so that it has to be made anew. */
  lost?: readonly Pick<ObservedResource, 'type' | 'name'>[];
  /** Whether the platform can bring a difference about while the thing runs. Absent = no. */
  changesInPlace?(difference: FieldDifference): boolean;
  /** For titles: `from team/image:1`. */
  made: string;
  /** For titles: what is still there when the thing was made anew: `the volume home`. */
  stays: string;
  /** Of every change; a wake or a start gets it, too. */
  payload: Payload;
}

/**
 * The steps that make a running thing what a deploy wants, by the rules of the contract: what matches stays as it is, also asleep; what is
 * changed is awake afterwards; what has failed is started again; a difference that the platform cannot bring about in place, and a thing
 * whose making nobody knows, make it anew. What is not ours is adopted: whoever does not want that refuses before.
 */
export function planRunning<Settings extends object, Payload extends object>(
  thing: RunningThing<Settings, Payload>,
): Change<Payload>[] {
  const { resource, state, there, wanted, namesOnly, lost = [], changesInPlace, made, stays, payload } = thing;
  const { type, name } = resource;
  const step = (action: ChangeAction, title: string, more: Partial<Change<Payload>>): Change<Payload> =>
    makeChange({ action, resource: { type, name }, title, payload, ...more });
  if (resource.status !== 'present') return [step('create', `create ${type} ${name} ${made}`, {})];
  const differences = there && differencesBetween(there, wanted, namesOnly);
  const isKept = differences?.every((one) => changesInPlace?.(one) === true) === true && lost.length === 0;
  if (!resource.owned || differences === null || !isKept) {
    const title = `make ${type} ${name} anew ${made}; ${stays} stays`;
    const gone = lost.map((one) => ({ field: one.type, from: null, to: one.name, why: 'it is gone' }));
    const more = { differences: [...(differences ?? []), ...gone], impact: ['replace' as const] };
    return [step(resource.owned ? 'replace' : 'adopt', title, more)];
  }
  const fields = differences.map(({ field }) => field).join(' and ');
  const update = step('update', `change ${fields} of ${name}`, { differences });
  const changes = differences.length === 0 ? [] : [update];
  const sleeps = state === 'stopped' || state === 'suspended';
  if (state === 'running' || (sleeps && changes.length === 0)) return changes;
  const dependsOn = changes.map(({ id }) => id);
  return [...changes, step('start', `${sleeps ? 'wake' : 'start'} ${name}`, { impact: ['restart'], dependsOn })];
}

/** Whether an image has to be fetched. Throws `AREA_IMAGE_MISSING` where it is not there and the policy is `Never`. */
export function needsPull(
  { reference, isThere, policy }: { reference: string; isThere: boolean; policy: ImageSpec['pullPolicy'] },
  errors: Pick<StandardErrors, 'imageMissing'>,
): boolean {
  if (isThere && policy !== 'Always') return false;
  if (policy === 'Never') throw errors.imageMissing(reference);
  return true;
}

/** `changes`, each of which needs all of `first` before it. */
export function inOrder<Payload extends object>(
  first: readonly Change<Payload>[],
  changes: readonly Change<Payload>[],
): Change<Payload>[] {
  const ids = first.map(({ id }) => id);
  return [...first, ...changes.map((one) => ({ ...one, dependsOn: [...ids, ...one.dependsOn] }))];
}
