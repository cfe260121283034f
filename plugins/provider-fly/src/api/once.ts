/** Each thing once: what moves while it is listed may be there twice. In the order of the list, as it was seen last. */
export function once<T>(items: readonly T[], keyOf: (item: T) => string): T[] {
  return [...new Map(items.map((item) => [keyOf(item), item])).values()];
}

export const byId = ({ id }: { id: string }): string => id;
export const byName = ({ name }: { name: string }): string => name;
