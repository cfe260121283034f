/** For sorting: by code unit, so that the order does not depend on the computer. */
export function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
