import assert from 'node:assert/strict';
import type { PlatformCase } from '../conformance-case.js';
import { frozenCopy } from '../forbid-impurity.js';

export const artifactsCases: readonly PlatformCase[] = [
  {
    name: 'artifacts: have names that are safe to write, and depend on the spec alone',
    platform: true,
    needs: ['artifacts'],
    async run({ provider, spec }) {
      assert.ok(provider.artifacts !== undefined);
      const wanted = frozenCopy(spec);
      const artifacts = provider.artifacts(wanted);
      assert.notDeepEqual(artifacts, [], 'a provider with this capability has at least one');
      const names = artifacts.map(({ name }) => name);
      assert.equal(new Set(names).size, names.length, 'every artifact needs a name of its own');
      for (const { name, mediaType, content } of artifacts) {
        assert.match(name, /^[A-Za-z0-9_][A-Za-z0-9._-]*$/, 'a file name without directories');
        assert.match(mediaType, /^[a-z]+\/[a-z0-9.+-]+$/, `${name}: a media type`);
        assert.equal(typeof content, 'string', `${name}: the content is text`);
      }
      assert.deepEqual(provider.artifacts(wanted), artifacts, 'twice the same');
    },
  },
];
