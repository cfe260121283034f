import { badRequest } from '../api-error.js';

export interface Page<T> {
  items: T[];
  /** What to ask for next, or `null` when nothing is left. */
  next: string | null;
}

/**
 * Cuts one page out of a list that is sorted by creation. The cursor names the last item seen by time and id, so a page
 * stays right when that item has gone meanwhile.
 */
export function page<T extends { id: string; createdAt: number }>(
  items: T[],
  limit: number | undefined,
  cursor: string | null,
): Page<T> {
  const rest = cursor === null || cursor === '' ? items : after(items, cursor);
  if (limit === undefined || rest.length <= limit) return { items: rest, next: null };
  const cut = rest.slice(0, limit);
  const last = cut.at(-1);
  return { items: cut, next: last ? encode(last) : null };
}

/** Throws 400 unless the limit is absent or within 1…maximum. */
export function checkLimit(limit: number | undefined, maximum: number): number | undefined {
  if (limit !== undefined && (limit < 1 || limit > maximum)) {
    throw badRequest(`invalid_argument: limit must be between 1 and ${maximum}`);
  }
  return limit;
}

function after<T extends { id: string; createdAt: number }>(items: T[], cursor: string): T[] {
  const [time, id] = Buffer.from(cursor, 'base64url').toString('utf8').split('~');
  if (id === undefined || !/^\d+$/.test(time ?? '')) throw badRequest('invalid_argument: invalid cursor');
  const index = items.findIndex((item) => item.id === id);
  return index >= 0 ? items.slice(index + 1) : items.filter((item) => item.createdAt > Number(time));
}

function encode(item: { id: string; createdAt: number }): string {
  return Buffer.from(`${item.createdAt}~${item.id}`).toString('base64url');
}
