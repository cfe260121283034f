import type { OperationContext } from '../model/context.js';

/** How often a name that is just going away is asked for again, and how long between two tries. */
const TRIES = 50;
const PAUSE_MS = 100;

/** A thing whose name a platform gives only once, which makes the name the mutex of two deploys. */
export interface OnlyOne<Thing> {
  /** What has the name now, `null` when nothing has. */
  find(): Promise<Thing | null>;
  /** Makes it. Resolves with `null` when somebody was faster, or the name is not free yet. */
  create(): Promise<unknown>;
  /** What was there when the plan was made, and has to go first. Absent = nothing. */
  former?: { is(thing: Thing): boolean; remove(): Promise<void> };
  /** Rejects when what somebody else has made is not what is wanted. */
  accept(thing: Thing): void;
}

/**
 * Makes a thing under its name, or finds the one that somebody else, or a try whose answer was lost, has made. The first one wins, and
 * whoever is later takes what is there if it is the same. Resolves with what was found, `null` when it was made here.
 */
export async function createOnce<Thing>(
  { find, create, former, accept }: OnlyOne<Thing>,
  { clock, signal }: Pick<OperationContext, 'clock' | 'signal'>,
): Promise<Thing | null> {
  for (let tries = 1; ; tries++) {
    const found = await find();
    if (found !== null && former?.is(found) === true) {
      await former.remove();
    } else if (found !== null) {
      accept(found);
      return found;
    } else {
      const made = await create();
      if (made !== null || tries >= TRIES) return null;
      await clock.sleep(PAUSE_MS, signal);
    }
  }
}
