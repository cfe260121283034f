/** The arguments of every list. */
export interface Paging {
  first?: number | null;
  last?: number | null;
  after?: string | null;
  before?: string | null;
}

export interface Connection<T> {
  nodes: T[];
  totalCount: number;
  pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string | null; endCursor: string | null };
}

/** One page of a list; a cursor is a place in it. */
export function connection<T>(items: T[], { first, last, after, before }: Paging = {}): Connection<T> {
  const from = placeOf(after) ?? 0;
  const to = (placeOf(before) ?? items.length + 1) - 1;
  const end = typeof first === 'number' ? Math.min(to, from + first) : to;
  const start = typeof last === 'number' ? Math.max(from, end - last) : from;
  const nodes = items.slice(start, end);
  return {
    nodes,
    totalCount: items.length,
    pageInfo: {
      hasNextPage: end < items.length,
      hasPreviousPage: start > 0,
      startCursor: nodes.length === 0 ? null : String(start + 1),
      endCursor: nodes.length === 0 ? null : String(start + nodes.length),
    },
  };
}

/** An unknown cursor is none. */
function placeOf(cursor: string | null | undefined): number | null {
  return typeof cursor === 'string' && /^\d+$/.test(cursor) ? Number(cursor) : null;
}
