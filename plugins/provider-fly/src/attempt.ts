import { type SindriError, isSindriError } from '@sindri/core';

/** A read that may have failed without making the others useless. */
export type Read<T> = { ok: true; value: T } | { ok: false; reason: string; error: SindriError | null };

/** A refused token ends everything; any other failure concerns only this read. */
export async function attempt<T>(read: Promise<T>): Promise<Read<T>> {
  try {
    return { ok: true, value: await read };
  } catch (error) {
    if (!isSindriError(error) || error.code === 'FLY_TOKEN_REFUSED') throw error;
    return { ok: false, reason: error.message, error };
  }
}
