import type { Change, ChangeAction, ChangeImpact, FieldDifference } from '@sindri/core';
import type { ChangePayload } from '../../model.js';

/** A change of a plan of this provider. */
export type FlyChange = Change<ChangePayload>;

/** What makes a change different from an empty one. */
export interface ChangeDraft {
  id: string;
  action: ChangeAction;
  resource: { type: string; name: string };
  title: string;
  payload: ChangePayload;
  differences?: FieldDifference[];
  impact: ChangeImpact[];
  /** USD a month; default 0. */
  monthlyCostDelta?: number | null;
  /** Ids that may be missing from the plan; those are left out. */
  after?: readonly (string | undefined)[];
}

/** A change of a plan. One that raises the bill is tagged as paid. */
export function change(draft: ChangeDraft): FlyChange {
  const { id, action, resource, title, payload, differences = [], monthlyCostDelta = 0, after = [] } = draft;
  const paid = monthlyCostDelta !== null && monthlyCostDelta > 0;
  return {
    id,
    action,
    resource,
    title,
    differences,
    impact: paid ? [...draft.impact, 'paid'] : draft.impact,
    monthlyCostDelta,
    dependsOn: [...new Set(after.filter((needed) => needed !== undefined))].sort(),
    payload,
  };
}

/** What a create sets, as differences from nothing. */
export function created(fields: Record<string, string | number | boolean>): FieldDifference[] {
  return Object.entries(fields).map(([field, to]) => ({ field, from: null, to }));
}

/** Ids of the changes, for `after`. */
export function ids(changes: readonly FlyChange[]): string[] {
  return changes.map(({ id }) => id);
}
