import type { DestroyIntent } from '../model/intent.js';
import type { ObservedResource } from '../model/observation.js';
import type { Change } from '../model/plan.js';
import type { StandardErrors } from '../provider/standard-errors.js';

/** Whether it is there and carries our mark. */
export function isOwn({ status, owned }: Pick<ObservedResource, 'status' | 'owned'>): boolean {
  return status === 'present' && owned === true;
}

/** Throws for the first that has our name and not our mark, unless it is to be taken over. */
export function refuseStrangers(
  resources: readonly ObservedResource<object>[],
  { adopt = false }: { adopt?: boolean },
  errors: Pick<StandardErrors, 'taken'>,
): void {
  const stranger = resources.find((one) => one.status === 'present' && !one.owned);
  if (stranger !== undefined && !adopt) throw errors.taken(stranger);
}

/** The volume or snapshot of ours with this name. Throws `AREA_VOLUME_UNKNOWN` or `AREA_SNAPSHOT_UNKNOWN`, with those that there are. */
export function requireNamed<Resource extends ObservedResource<object>>(
  list: readonly Resource[],
  name: string,
  type: 'volume' | 'snapshot',
  errors: Pick<StandardErrors, 'unknown'>,
): Resource {
  const found = list.find((one) => one.name === name && isOwn(one));
  if (found !== undefined) return found;
  const known = list.filter(({ status }) => status === 'present').map((one) => one.name);
  throw errors.unknown(type, name, known);
}

/**
 * Deletes what is there and ours. `groups` are in the order in which things go: what one uses goes after it, and while nobody knows
 * whether a group is there, nothing that it uses goes. `keepable` says what a destroy may leave, and what stays with it:
 * `{ volume: ['snapshot'] }`. Throws `AREA_KEEP` for any other type.
 */
export function planDestroy<Resource extends ObservedResource<object>, Payload extends object>(
  { keep = [], adopt = false }: Pick<DestroyIntent, 'keep' | 'adopt'>,
  groups: readonly (readonly Resource[])[],
  keepable: Readonly<Record<string, readonly string[]>>,
  errors: Pick<StandardErrors, 'cannotKeep'>,
  deletion: (resource: Resource) => Change<Payload>,
): Change<Payload>[] {
  const odd = keep.find((type) => !Object.hasOwn(keepable, type));
  if (odd !== undefined) throw errors.cannotKeep(odd, Object.keys(keepable));
  const stays = new Set(keep.flatMap((type) => [type, ...(keepable[type] ?? [])]));
  const changes: Change<Payload>[] = [];
  for (const group of groups) {
    const goes = group.filter((one) => !stays.has(one.type) && (isOwn(one) || (adopt && one.status === 'present')));
    const dependsOn = changes.map(({ id }) => id);
    changes.push(...goes.map((one) => ({ ...deletion(one), dependsOn })));
    if (group.some(({ status }) => status === 'unobserved')) break;
  }
  return changes;
}
