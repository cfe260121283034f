import assert from 'node:assert/strict';
import { checkProviderShape } from '@sindri/core';
import type { PureCase } from '../conformance-case.js';

export const identityCases: readonly PureCase[] = [
  {
    name: 'identity: members and declared capabilities agree with the contract',
    platform: false,
    run({ provider }) {
      assert.deepEqual(checkProviderShape(provider), []);
    },
  },
  {
    name: 'identity: every provider that the factory makes is the same',
    platform: false,
    run({ createProvider }) {
      const identity = () => {
        const { name, title, apiVersion, capabilities, optionsSchema } = createProvider();
        return { name, title, apiVersion, capabilities: [...capabilities], optionsSchema };
      };
      assert.deepEqual(identity(), identity());
    },
  },
];
