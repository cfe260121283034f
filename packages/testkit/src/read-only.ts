import assert from 'node:assert/strict';
import type { Bench } from './bench.js';

/** Runs `body` and fails when the platform was changed by it, as far as the rig can tell. */
export async function assertReadOnly<T>(bench: Bench, what: string, body: () => Promise<T> | T): Promise<T> {
  const { rig } = bench;
  if (rig.requests === undefined) bench.note('The rig has no log of requests; what exists was compared instead.');
  const requestsBefore = rig.requests?.().length ?? 0;
  const before = await bench.inventory();
  const result = await body();
  // Before the inventory is asked for again: it may be read through the same log.
  const writes = (rig.requests?.() ?? []).slice(requestsBefore).filter((request) => request.writes);
  assert.deepEqual(
    writes.map(({ description }) => description),
    [],
    `${what} must not change anything`,
  );
  assert.deepEqual(await bench.inventory(), before, `${what} must not change anything`);
  return result;
}
