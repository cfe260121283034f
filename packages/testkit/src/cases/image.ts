import assert from 'node:assert/strict';
import { isSindriError, type EnvironmentSpec } from '@sindri/core';
import type { Bench } from '../bench.js';
import type { PlatformCase } from '../conformance-case.js';
import { assertSindriError, listChanges, rejectionOf } from '../expectations.js';

export const imageCases: readonly PlatformCase[] = [
  {
    name: 'image: another one is planned, and runs',
    platform: true,
    needsOfSubject: ['otherImage'],
    async run(bench) {
      const spec = withImage(bench, bench.subject.otherImage as string);
      const deployed = await bench.deploy();
      const before = bench.provider.summarize(bench.spec, deployed).image;
      const { changes } = bench.plan('deploy', deployed, { spec });
      const explained = changes.some(({ differences }) => differences.length > 0);
      assert.ok(explained, `another image is wanted, but the plan does not say so: ${listChanges(changes)}`);
      await bench.perform(changes, deployed, { spec });
      const after = await bench.observe({ spec });
      assert.equal(listChanges(bench.plan('deploy', after, { spec }).changes), 'nothing', 'it was just applied');
      const summary = bench.provider.summarize(spec, after);
      assert.equal(summary.state, 'running');
      assert.notEqual(summary.image, before, 'the summary still names the first image');
    },
  },
  {
    name: 'image: one that does not exist is refused',
    platform: true,
    needsOfSubject: ['missingImage'],
    async run(bench) {
      const spec = withImage(bench, bench.subject.missingImage as string);
      const error = await rejectionOf(bench.deploy({ spec }), 'a deploy of an image that does not exist');
      assertSindriError(error, 'a deploy of an image that does not exist');
      assert.ok(isSindriError(error) && error.kind !== 'internal', `it is no bug: kind "${error.kind}"`);
      const { state } = await bench.summary({ spec });
      assert.notEqual(state, 'running', 'nothing runs that could not be started');
    },
  },
];

function withImage({ spec }: Bench, reference: string): EnvironmentSpec {
  const { request = null, pullPolicy = null } = spec.image ?? {};
  return { ...spec, image: { reference, request: request === null ? null : { ...request }, pullPolicy } };
}
