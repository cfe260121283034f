import assert from 'node:assert/strict';
import { sindriSource, type Builds, type EnvironmentSpec } from '@sindri/core';
import type { Bench } from '../bench.js';
import type { PlatformCase } from '../conformance-case.js';
import { assertSindriError, listChanges, rejectionOf } from '../expectations.js';

export const buildsCases: readonly PlatformCase[] = [
  {
    name: 'builds: an image is built once, what runs is that image, and nothing of the build is left',
    platform: true,
    needs: ['builds'],
    async run(bench) {
      const spec = await builtSpec(bench);
      if (spec === null) return;
      const builds = buildsOf(bench);
      assert.match(
        builds.repository(spec),
        /^[a-z0-9.:-]+(\/[a-z0-9._-]+)+$/,
        'the repository is the name of an image',
      );
      const deployed = await bench.deploy();
      const usual = await bench.inventory();
      const before = await bench.observe({ spec });
      assert.equal(builds.digest(spec, before), null, 'it was not built yet');
      const { changes } = bench.plan('deploy', before, { spec });
      const preparing = changes.filter(({ action }) => action === 'prepare');
      assert.equal(preparing.length, 1, `one change builds, with the action "prepare": ${listChanges(changes)}`);
      const results = await bench.perform(changes, before, { spec });
      const after = await bench.observe({ spec });
      const digest = builds.digest(spec, after);
      assert.match(digest ?? 'none', /^sha256:[0-9a-f]{64}$/, 'the observation has the digest of what was built');
      const told = results.map(({ result }) => (result as { digest?: unknown } | undefined)?.digest);
      assert.ok(told.includes(digest), 'the result of the change that built has the digest');
      assert.equal(listChanges(bench.plan('deploy', after, { spec }).changes), 'nothing', 'it was just applied');
      const summary = bench.provider.summarize(spec, after);
      assert.equal(summary.state, 'running');
      assert.notEqual(summary.image, bench.provider.summarize(bench.spec, deployed).image, 'another image runs');
      assert.ok(
        summary.image?.includes(digest ?? ''),
        `what was built runs by its digest, not ${summary.image ?? 'nothing'}`,
      );
      assert.deepEqual(await bench.inventory(), usual, 'machines and volumes of the build are gone');
    },
  },
  {
    name: 'builds: one that was cut short leaves nothing behind once the next one has ended',
    platform: true,
    needs: ['builds'],
    async run(bench) {
      const { rig, note } = bench;
      const spec = await builtSpec(bench);
      if (spec === null) return;
      if (rig.interruptAfter === undefined) return note('The rig has no interruptAfter: no build was cut short.');
      await bench.deploy();
      const usual = await bench.inventory();
      const signal = rig.interruptAfter(1);
      assertSindriOrAbort(await rejectionOf(bench.deploy({ spec, signal }), 'a deploy that was cut short'));
      await bench.deploy({ spec });
      assert.deepEqual(await bench.inventory(), usual, 'machines and volumes of both builds are gone');
    },
  },
];

function assertSindriOrAbort(error: unknown): void {
  if ((error as { name?: unknown }).name !== 'AbortError') assertSindriError(error, 'a deploy that was cut short');
}

function buildsOf({ provider }: Bench): Builds {
  assert.ok(provider.builds !== undefined, 'the provider declares "builds" and has no such member');
  return provider.builds;
}

/** What core makes of a config that wants its image built; `null` where the rig has no source. */
async function builtSpec({ rig, spec, note }: Bench): Promise<EnvironmentSpec | null> {
  if (rig.buildSource === undefined) {
    note('The rig has no buildSource: nothing was built.');
    return null;
  }
  const { repository, commit, dockerfile = sindriSource.dockerfile } = await rig.buildSource();
  const resolved = {
    ref: 'refs/heads/main',
    commit,
    tag: `sindri-main-${commit.slice(0, 12)}`,
    isPrivate: false,
  };
  return { ...spec, buildFromSource: { repository, gitRef: 'main', dockerfile, resolved } };
}
