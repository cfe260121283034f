import type { ErrorCode } from '@sindri/core';
import { FlyApiError, hasCode, outcomeUnknownError } from '../api/errors.js';
import type { WireMachineConfig } from '../api/types.js';
import { flyRegistry } from '../planner/index.js';
import { madeApp, resultsOf } from './results.js';
import type { ApplyWork } from './work.js';

export interface CreateOnce<T> {
  /** For messages: `create volume home_data`. */
  what: string;
  create(): Promise<T>;
  /** Looks for what a lost create has left. Must find it by something that only this run or this environment uses. */
  find(): Promise<T | null>;
  /** Refusals that mean that it may be there already. */
  conflicts?: ErrorCode[];
  /** Fly itself refuses a second one (unique name), so that repeating is safe even when `find` is behind. */
  unique: boolean;
}

const MAX_TRIES = 4;
const PAUSE_MS = 1_000;
/** Lists may lag behind; where a second create would be a duplicate, absence is believed only after a few looks. */
const LOOKS_BEFORE_REPEAT = 3;

/**
 * Creates something exactly once, whatever happens to the answers. After an answer that leaves it open (408, 5xx, a broken
 * connection) it looks whether the thing is there before it tries again. Throws `FLY_OUTCOME_UNKNOWN` when looking fails too.
 */
export async function createOnce<T>(work: ApplyWork, request: CreateOnce<T>): Promise<{ value: T; found: boolean }> {
  const { clock, signal } = work.context;
  for (let attempt = 1; ; attempt++) {
    signal.throwIfAborted();
    try {
      return { value: await whenAppIsKnown(work, request.create), found: false };
    } catch (error) {
      if (!(error instanceof FlyApiError)) throw error;
      const conflict = hasCode(error, ...(request.conflicts ?? []));
      if (!error.outcomeUnknown && !conflict) throw error;
      const found = await look(work, request, error);
      if (found !== null) return { value: found, found: true };
      if (conflict || attempt >= MAX_TRIES) throw error;
      await clock.sleep(PAUSE_MS, signal);
    }
  }
}

async function look<T>(work: ApplyWork, request: CreateOnce<T>, error: FlyApiError): Promise<T | null> {
  const { clock, signal } = work.context;
  const looks = request.unique || !error.outcomeUnknown ? 1 : LOOKS_BEFORE_REPEAT;
  for (let turn = 1; ; turn++) {
    let found: T | null;
    try {
      found = await request.find();
    } catch (lookupError) {
      signal.throwIfAborted();
      if (!(lookupError instanceof FlyApiError)) throw lookupError;
      // An app that nobody knows yet has nothing in it.
      if (!hasCode(lookupError, 'FLY_NOT_FOUND')) throw outcomeUnknownError(request.what, error);
      found = null;
    }
    if (found !== null || turn >= looks) return found;
    await clock.sleep(PAUSE_MS, signal);
  }
}

const APP_KNOWN_MS = 60_000;

/**
 * Runs a write into the app. Some hosts do not know an app in its first seconds and answer "not found", which proves that
 * nothing happened: then it is tried again for a while, if it was this run that created the app.
 */
export async function whenAppIsKnown<T>(work: ApplyWork, write: () => Promise<T>): Promise<T> {
  const { clock, signal } = work.context;
  const isNew = madeApp(work);
  const deadline = clock.now() + APP_KNOWN_MS;
  for (;;) {
    try {
      return await write();
    } catch (error) {
      if (!isNew || !hasCode(error, 'FLY_NOT_FOUND') || clock.now() >= deadline) throw error;
      await clock.sleep(PAUSE_MS, signal);
    }
  }
}

/** So long a registry may not know what was just pushed. */
const IMAGE_KNOWN_MS = 60_000;

/**
 * Runs a write that names an image. One that this run has built, or whose digest is in Fly's own registry, may be missing for some seconds
 * after it was pushed: then it is tried again for a while.
 */
export async function whenImageIsKnown<T>(
  work: ApplyWork,
  { image }: WireMachineConfig,
  write: () => Promise<T>,
): Promise<T> {
  const { clock, signal } = work.context;
  const isPushed = image?.startsWith(`${flyRegistry}/`) === true && image.includes('@sha256:');
  const isNew = isPushed || resultsOf(work, 'image.build').some(({ made }) => made);
  const deadline = clock.now() + IMAGE_KNOWN_MS;
  for (;;) {
    try {
      return await write();
    } catch (error) {
      if (!isNew || !hasCode(error, 'FLY_IMAGE_NOT_FOUND') || clock.now() >= deadline) throw error;
      work.machineWork.progress('waiting until Fly finds the image that was just pushed');
      await clock.sleep(2 * PAUSE_MS, signal);
    }
  }
}
