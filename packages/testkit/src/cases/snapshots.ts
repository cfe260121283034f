import assert from 'node:assert/strict';
import { isSindriError, type ChangeImpact, type Intent, type VolumeSnapshot } from '@sindri/core';
import type { Bench } from '../bench.js';
import type { PlatformCase } from '../conformance-case.js';
import { assertJson, assertSindriError, listChanges, rejectionOf } from '../expectations.js';
import { assertReadOnly } from '../read-only.js';
import { eventually, leaveMarker, openLasting, readMarker } from './inside.js';
import { isIsoTime } from './observe.js';
import { goDown, power, stateOf } from './power.js';

/** How long the clock runs between two looks at a snapshot that is being written: some platforms take a minute. */
const PAUSE_MS = 2000;
const UNKNOWN = 'conformance-no-such-snapshot';
const SERIOUS: readonly ChangeImpact[] = ['restart', 'replace', 'data-loss'];

export const snapshotsCases: readonly PlatformCase[] = [
  {
    name: 'snapshots: each one that was taken is listed, newest first',
    platform: true,
    needs: ['snapshots'],
    needsIntents: ['snapshot.create'],
    async run(bench) {
      const deployed = await bench.deploy();
      assert.deepEqual(await listSnapshots(bench), [], 'nothing was taken yet');
      const first = await takeSnapshot(bench);
      const second = await takeSnapshot(bench);
      const listed = await listSnapshots(bench);
      assertJson(listed, 'the list of snapshots');
      assert.equal(listed.length, 2, 'two snapshots were taken');
      assert.notEqual(second.id, first.id, 'every snapshot needs an id of its own');
      for (const snapshot of listed) assertWhole(snapshot);
      const times = listed.map(({ createdAt }) => Date.parse(createdAt ?? ''));
      const isKnown = times.every((time) => !Number.isNaN(time));
      if (isKnown) assert.ok((times[0] ?? 0) >= (times[1] ?? 0), 'the newest snapshot comes first');
      else bench.note('The platform does not tell when a snapshot was taken; the order was not looked at.');
      const plans = [deployed, await bench.observe()].map((seen) => listChanges(bench.plan('deploy', seen).changes));
      assert.equal(plans[1], plans[0], 'a deploy must leave a snapshot alone');
    },
  },
  {
    name: 'snapshots: to take one does not stop what runs',
    platform: true,
    needs: ['snapshots', 'session'],
    needsIntents: ['snapshot.create'],
    async run(bench) {
      await bench.deploy();
      const process = await openLasting(bench);
      await takeSnapshot(bench);
      const lives = await process.answers();
      process.session.close();
      assert.ok(lives, 'what ran has ended');
    },
  },
  {
    name: 'snapshots: to list them changes nothing, and wakes nothing',
    platform: true,
    needs: ['snapshots', 'power'],
    leavesDeployed: 'asleep',
    async run(bench) {
      await bench.deploy();
      const { after } = await goDown(bench);
      await assertReadOnly(bench, 'a list of snapshots', () => listSnapshots(bench));
      assert.equal(await stateOf(bench), after);
    },
  },
  {
    name: 'snapshots: a restore brings back what was there, in an environment that runs',
    platform: true,
    needs: ['snapshots', 'session'],
    needsIntents: ['snapshot.create', 'snapshot.restore'],
    async run(bench) {
      const deployed = await bench.deploy();
      const planned = await snapshotAndRestore(bench);
      assert.equal(await stateOf(bench), 'running', 'it ran before the restore');
      assert.equal(await readMarker(bench), 'old', 'the home must be as it was when the snapshot was taken');
      const announced = planned.changes.some(({ impact }) => impact.some((word) => SERIOUS.includes(word)));
      assert.ok(announced, 'a running environment is restarted, and no change has the impact "restart" or "replace"');
      const plans = [deployed, await bench.observe()].map((seen) => listChanges(bench.plan('deploy', seen).changes));
      assert.equal(plans[1], plans[0], 'a deploy must not take the restore back');
    },
  },
  {
    name: 'snapshots: a restore keeps the volume that was used, and the summary tells it',
    platform: true,
    needs: ['snapshots', 'session'],
    needsIntents: ['snapshot.create', 'snapshot.restore'],
    async run(bench) {
      await bench.deploy();
      await snapshotAndRestore(bench);
      const { kept = [], volumes } = await bench.summary();
      assert.equal(kept.length, 1, `"kept" of the summary must tell the volume that was used, and has: ${kept.join()}`);
      const unused = volumes?.filter(({ usedBy }) => usedBy === null) ?? [];
      assert.equal(
        unused.length,
        volumes === undefined ? 0 : 1,
        '"volumes" must tell the volume that is kept as not used',
      );
      for (const { spec } of bench.variations.slice(0, 1)) {
        await bench.deploy({ spec });
        assert.deepEqual((await bench.summary({ spec })).kept, kept, 'a deploy must leave the kept volume alone');
      }
    },
  },
  {
    name: 'snapshots: a restore leaves a sleeping environment asleep',
    platform: true,
    needs: ['snapshots', 'session', 'power'],
    needsIntents: ['snapshot.create', 'snapshot.restore'],
    async run(bench) {
      await bench.deploy();
      await leaveMarker(bench, 'old');
      const { id } = await takeSnapshot(bench);
      await leaveMarker(bench, 'new');
      await goDown(bench);
      await act(bench, { intent: 'snapshot.restore', snapshot: id });
      const state = await stateOf(bench);
      assert.ok(['stopped', 'suspended'].includes(state), `it slept before the restore, and is ${state} now`);
      await power(bench).start(bench.spec, bench.context());
      assert.equal(await readMarker(bench), 'old', 'the next start must use the restored volume');
    },
  },
  {
    name: 'snapshots: one that there is not is refused, and nothing happens',
    platform: true,
    needs: ['snapshots', 'session'],
    needsIntents: ['snapshot.restore'],
    leavesDeployed: true,
    async run(bench) {
      await bench.deploy();
      await leaveMarker(bench, 'stays');
      const error = await rejectionOf(
        act(bench, { intent: 'snapshot.restore', snapshot: UNKNOWN }),
        'a restore of a snapshot that does not exist',
      );
      assertRefused(error, 'a restore of a snapshot that does not exist');
      assert.equal(await readMarker(bench), 'stays', 'the home must be as it was');
    },
  },
  {
    name: 'snapshots: one that was deleted is gone, the others are not',
    platform: true,
    needs: ['snapshots'],
    needsIntents: ['snapshot.create', 'snapshot.delete'],
    async run(bench) {
      await bench.deploy();
      const first = await takeSnapshot(bench);
      const second = await takeSnapshot(bench);
      await act(bench, { intent: 'snapshot.delete', snapshot: first.id }, { times: 2 });
      const left = (await listSnapshots(bench)).map(({ id }) => id);
      assert.deepEqual(left, [second.id], 'exactly the one that was named must go');
    },
  },
  {
    name: 'snapshots: a destroy takes the volume that a restore has left',
    platform: true,
    needs: ['snapshots', 'session'],
    needsIntents: ['snapshot.create', 'snapshot.restore'],
    async run(bench) {
      await bench.deploy();
      await snapshotAndRestore(bench);
      const { resources } = await bench.destroy();
      const left = resources.filter(({ type, status, owned }) => type === 'volume' && status === 'present' && owned);
      assert.deepEqual(
        left.map(({ id }) => id),
        [],
        'nobody asked to keep a volume',
      );
      assert.deepEqual((await bench.summary()).kept ?? [], [], 'nothing was kept');
    },
  },
];

/** Leaves `old` in the home, takes a snapshot, writes `new`, and restores. Returns the plan of the restore. */
export async function snapshotAndRestore(bench: Bench): ReturnType<typeof act> {
  await leaveMarker(bench, 'old');
  const { id } = await takeSnapshot(bench);
  await leaveMarker(bench, 'new');
  return act(bench, { intent: 'snapshot.restore', snapshot: id });
}

/** Plans an intent over what is there now, and performs it. */
export async function act(bench: Bench, intent: Exclude<Intent, { intent: 'deploy' | 'destroy' }>, { times = 1 } = {}) {
  const seen = await bench.observe({ request: { intent: intent.intent } });
  const planned = bench.plan(intent, seen);
  assert.notEqual(listChanges(planned.changes), 'nothing', `${intent.intent} is wanted, but the plan is empty`);
  await bench.perform(planned.changes, seen, { times });
  return planned;
}

/** Fails unless `error` says that something cannot be done as it was asked for. */
export function assertRefused(error: unknown, what: string): void {
  assertSindriError(error, what);
  const refused = isSindriError(error) && (error.kind === 'usage' || error.kind === 'refused');
  assert.ok(refused, `${what} is of kind "usage" or "refused", not "${error.kind}"`);
}

/** Takes one, and waits until it can be restored. */
async function takeSnapshot(bench: Bench): Promise<VolumeSnapshot> {
  const before = (await listSnapshots(bench)).map(({ id }) => id);
  await act(bench, { intent: 'snapshot.create' });
  let made: VolumeSnapshot[] = [];
  const isReady = await eventually(
    bench,
    async () => {
      made = (await listSnapshots(bench)).filter(({ id }) => !before.includes(id));
      return made[0]?.state === 'ready';
    },
    PAUSE_MS,
  );
  const [snapshot] = made;
  assert.ok(snapshot !== undefined, 'a snapshot was taken, and none is new in the list');
  assert.equal(made.length, 1, 'one snapshot was taken');
  assert.ok(isReady, `the snapshot is "${snapshot.state}" and does not get ready`);
  return snapshot;
}

async function listSnapshots({ provider, spec, context }: Bench): Promise<VolumeSnapshot[]> {
  assert.ok(provider.snapshots !== undefined, 'the provider declares "snapshots" and has no such member');
  // An array of another realm (a test runner's sandbox) is no equal of ours.
  return [...(await provider.snapshots.list(spec, context()))];
}

function assertWhole({ id, volume, createdAt, sizeGb, expiresAt }: VolumeSnapshot): void {
  assert.match(id, /^\S+$/, 'an id is typed by people: one word');
  assert.match(volume, /\S/, `${id}: the volume that it was taken of`);
  for (const time of [createdAt, expiresAt]) {
    assert.ok(time === null || isIsoTime(time), `${id}: "${String(time)}" is no ISO 8601 time`);
  }
  assert.ok(sizeGb === null || sizeGb >= 0, `${id}: the size is a number of GB, or null`);
}
