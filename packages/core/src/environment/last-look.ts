import type { Clock } from '../model/context.js';
import type { Observation, ObservedResource } from '../model/observation.js';
import type { Plan } from '../model/plan.js';

/** What a look may rest on. */
export interface LookOptions {
  /**
   * The plan that this look comes right after: empty, or applied. What was seen on its way is then answered instead of looked at
   * once more, where it is everything, fresh, and nothing was done since.
   */
  after?: Plan;
}

/** How old an observation may be and still be trusted without a second look, in ms. */
export const FRESH_MS = 30_000;

/**
 * What was seen last on the way of one plan. It answers a look right after that plan as long as it is fresh and nothing was done since;
 * then asking the platform again would bring the same.
 */
export interface LastLook {
  /** Something is going to be done, or was: whatever was seen before it is no answer any more. */
  forget(): void;
  /** `observedAt` in ms since the epoch: when the oldest part of `observation` was seen. */
  remember(plan: Plan, observation: Observation, observedAt: number): void;
  /** `null` when somebody has to look. */
  after(plan: Plan | undefined): Observation | null;
}

export function createLastLook(clock: Clock): LastLook {
  let last: { plan: Plan; observation: Observation; observedAt: number } | null = null;
  return {
    forget() {
      last = null;
    },
    remember(plan, observation, observedAt) {
      last = { plan, observation, observedAt };
    },
    after(plan) {
      if (last === null || last.plan !== plan || clock.now() - last.observedAt >= FRESH_MS) return null;
      return last.observation;
    },
  };
}

/** Whether a plan was made of a look that left nothing out. */
export function sawEverything({ unobserved = [] }: Plan): boolean {
  return unobserved.length === 0;
}

/**
 * The world after the changes of a plan, from the look before them and from what each has seen last, in the order in which they ended
 * (`ApplyResult.seen`). `null` when one of them cannot tell: then somebody has to look.
 */
export function foldSeen(
  observation: Observation,
  seen: Iterable<readonly ObservedResource[] | undefined>,
): Observation | null {
  const resources = new Map(observation.resources.map((resource) => [resource.id, resource]));
  for (const told of seen) {
    if (told === undefined) return null;
    for (const resource of told) resources.set(resource.id, resource);
  }
  return { ...observation, resources: [...resources.values()] };
}
