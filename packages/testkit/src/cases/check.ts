import assert from 'node:assert/strict';
import type { CheckItem } from '@sindri/core';
import type { PlatformCase } from '../conformance-case.js';
import { assertReadOnly } from '../read-only.js';

const STATUSES = ['ok', 'warning', 'failed', 'skipped'];

export const checkCases: readonly PlatformCase[] = [
  {
    name: 'check: reports what is needed, and changes nothing',
    platform: true,
    async run(bench) {
      const { items } = await assertReadOnly(bench, 'check', () =>
        bench.provider.check({ spec: bench.spec }, bench.context()),
      );
      assertItems(items);
      const failed = items.filter(({ status }) => status === 'failed');
      assert.deepEqual(failed, [], 'in a rig where everything is as it should be, nothing may be reported as failed');
    },
  },
  {
    name: 'check: without credentials it reports instead of failing',
    platform: true,
    async run(bench) {
      const { items } = await bench.provider.check({}, bench.contextWithoutCredentials());
      assertItems(items);
    },
  },
];

function assertItems(items: readonly CheckItem[]): void {
  assert.ok(Array.isArray(items), 'check must return a list of items');
  const ids = items.map(({ id }) => id);
  assert.equal(new Set(ids).size, ids.length, 'every item needs an id of its own');
  for (const { id, title, status, message, fix } of items) {
    assert.ok(STATUSES.includes(status), `${id}: "${status}" is no status of an item`);
    assert.ok(title !== '' && message !== '', `${id}: an item needs a title and says what was seen`);
    if (status === 'failed') assert.ok(fix !== undefined && fix !== '', `${id}: what failed must come with its fix`);
  }
}
