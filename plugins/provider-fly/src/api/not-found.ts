import { hasCode } from './errors.js';

/** `null` in place of "not found". */
export async function orNull<T>(call: Promise<T>): Promise<T | null> {
  try {
    return await call;
  } catch (error) {
    if (hasCode(error, 'FLY_NOT_FOUND')) return null;
    throw error;
  }
}

/** Whether the thing that `call` removed was there: removing what is gone already is no failure. */
export async function existed(call: Promise<unknown>): Promise<boolean> {
  try {
    await call;
    return true;
  } catch (error) {
    if (hasCode(error, 'FLY_NOT_FOUND')) return false;
    throw error;
  }
}
