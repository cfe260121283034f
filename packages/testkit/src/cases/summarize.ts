import assert from 'node:assert/strict';
import type { EnvironmentSummary } from '@sindri/core';
import type { Bench } from '../bench.js';
import type { PlatformCase } from '../conformance-case.js';
import { assertJson } from '../expectations.js';
import { forbidImpurity, frozenCopy } from '../forbid-impurity.js';
import { isIsoTime } from './observe.js';

export const summarizeCases: readonly PlatformCase[] = [
  {
    name: 'summarize: an environment that does not exist is absent',
    platform: true,
    async run(bench) {
      const { state, addresses } = bench.provider.summarize(bench.spec, await bench.observe());
      assert.equal(state, 'absent');
      assert.deepEqual(addresses, [], 'what does not exist has no address');
    },
  },
  {
    name: 'summarize: a deployed environment is running',
    platform: true,
    leavesDeployed: true,
    async run(bench) {
      const { state } = bench.provider.summarize(bench.spec, await bench.deploy());
      assert.equal(state, 'running');
    },
  },
  {
    name: 'summarize: is pure and whole',
    platform: true,
    leavesDeployed: true,
    async run(bench) {
      for (const observation of [await bench.untouched(), await bench.deploy()]) {
        const spec = frozenCopy(bench.spec);
        const seen = frozenCopy(observation);
        assertWhole(
          forbidImpurity(() => bench.provider.summarize(spec, seen)),
          bench,
        );
      }
    },
  },
  {
    name: 'summarize: what cannot be read is not called absent',
    platform: true,
    leavesDeployed: true,
    async run(bench) {
      const deployed = await bench.deploy();
      const resources = deployed.resources.map(({ id, type, name }) => ({
        id,
        type,
        name,
        status: 'unobserved' as const,
        reason: 'the conformance kit looked away',
      }));
      const { state } = bench.provider.summarize(bench.spec, { ...deployed, resources });
      assert.notEqual(state, 'absent');
      assert.equal(state, 'unknown', 'nothing can be said about what could not be read');
    },
  },
  {
    name: 'summarize: the image is one that could be asked for',
    platform: true,
    leavesDeployed: true,
    async run(bench) {
      const { image } = bench.provider.summarize(bench.spec, await bench.deploy());
      if (image === null) {
        bench.note('The summary names no image; whether the right one runs was not looked at.');
        return;
      }
      assert.match(image, REFERENCE, `"${image}" is no reference of an image`);
      const wanted = bench.spec.image?.reference ?? null;
      if (wanted !== null) assertSameImage(image, wanted);
    },
  },
];

/** `registry.example:5000/team/name:tag@sha256:…`, of which only the name is needed. */
const REFERENCE =
  /^(?:[a-z0-9.-]+(?::\d+)?\/)?[a-z0-9]+(?:[._/-]+[a-z0-9]+)*(?::[\w][\w.-]{0,127})?(?:@sha256:[0-9a-f]{64})?$/i;

/** A platform may name the registry, leave the tag out for a digest, or mirror the image elsewhere; its name stays. */
function assertSameImage(image: string, wanted: string): void {
  const [is, was] = [image, wanted].map((reference) => {
    const [name = '', digest] = reference.split('@');
    const [last = '', tag] = (name.split('/').at(-1) ?? '').split(':');
    return { last, tag, digest };
  }) as [Named, Named];
  assert.equal(is.last, was.last, `"${wanted}" was asked for, but the summary says that "${image}" runs`);
  if (is.tag !== undefined && was.tag !== undefined && is.digest === undefined && was.digest === undefined) {
    assert.equal(is.tag, was.tag, `"${wanted}" was asked for, but the summary says that "${image}" runs`);
  }
}

interface Named {
  last: string;
  tag?: string;
  digest?: string;
}

function assertWhole(summary: EnvironmentSummary, { spec, provider }: Bench): void {
  assertJson(summary, 'the summary');
  assert.equal(summary.environment, spec.name, 'a summary names its environment');
  assert.equal(summary.provider, provider.name, 'a summary names its provider');
  for (const [name, time] of Object.entries(summary.timestamps)) {
    assert.ok(time === null || isIsoTime(time), `timestamps.${name} must be an ISO 8601 time or null, not "${time}"`);
  }
  for (const { type, value } of summary.addresses) assert.ok(type && value, 'an address needs a type and a value');
  for (const key of ['platformState', 'image', 'region', 'cost', 'idleBehaviour', 'details', 'resources'] as const) {
    assert.notEqual(summary[key], undefined, `"${key}" is missing`);
  }
}
