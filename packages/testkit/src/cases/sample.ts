import assert from 'node:assert/strict';
import { initialConfig } from '@sindri/core';
import type { ConformanceCase } from '../conformance-case.js';

export const sampleCases: readonly ConformanceCase[] = [
  {
    name: 'sample: the provider accepts what config init writes for it',
    platform: false,
    async run({ provider, load }) {
      const { spec, problems } = await load(initialConfig({ name: 'conformance', provider }));
      const told = problems.map(({ path, message }) => `${path}: ${message}`).join(' ');
      assert.ok(spec !== null, `a first config must be valid; tell in "sample" what it needs. ${told}`);
    },
  },
  {
    name: 'sample: what config init writes can be deployed',
    platform: true,
    async run(bench) {
      const first = initialConfig({ name: 'conformance', provider: bench.provider });
      if ((await bench.load(first)).spec === null) {
        bench.note('The provider refuses what config init writes; it could not be deployed.');
        return;
      }
      const spec = await bench.specOf(first);
      const deployed = await bench.deploy({ spec });
      assert.equal(bench.provider.summarize(spec, deployed).state, 'running');
    },
  },
];
