import type { OperationContext } from '../model/context.js';
import type { Change } from '../model/plan.js';
import type { ApplyContext, ApplyResult, JsonShapes, ProviderShapes, ProviderV1 } from './contract.js';
import { applied } from './parts.js';
import type { StandardErrors } from './standard-errors.js';

/** Performs one kind of change at `place`. One that resolves with nothing has made it. */
export type Act<S extends ProviderShapes, Place> = (
  place: Place,
  change: Change<S['payload']>,
  context: ApplyContext<S>,
) => Promise<ApplyResult<S['result'], S['data']> | undefined | void>;

/**
 * The member `apply`, from one act for each kind of change: `{ 'container:create': … }`. `open` finds the way to the platform. Throws
 * `AREA_CHANGE_UNKNOWN` for a change that has no act.
 */
export function createApply<S extends ProviderShapes = JsonShapes, Place = undefined>(
  open: (context: OperationContext) => Promise<Place>,
  errors: Pick<StandardErrors, 'unplanned'>,
  acts: Readonly<Record<string, Act<S, Place>>>,
): ProviderV1<S>['apply'] {
  return async (change, context) => {
    const kind = `${change.resource.type}:${change.action}`;
    const act = Object.hasOwn(acts, kind) ? acts[kind] : undefined;
    if (act === undefined) throw errors.unplanned(change.id);
    return (await act(await open(context), change, context)) ?? (applied() as ApplyResult<S['result'], never>);
  };
}
