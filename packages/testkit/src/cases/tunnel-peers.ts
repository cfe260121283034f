import assert from 'node:assert/strict';
import type { TunnelPeer, TunnelPeers } from '@sindri/core';
import type { Bench } from '../bench.js';
import type { PlatformCase } from '../conformance-case.js';
import { assertJson } from '../expectations.js';
import { assertReadOnly } from '../read-only.js';
import { isIsoTime } from './observe.js';

export const tunnelPeersCases: readonly PlatformCase[] = [
  {
    name: 'tunnelPeers: to list them changes nothing, and each has a name of its own',
    platform: true,
    needs: ['tunnelPeers'],
    async run(bench) {
      const listed = await assertReadOnly(bench, 'a list of peers', () =>
        peersOf(bench).list(bench.spec, bench.context()),
      );
      assertJson(listed, 'the list of peers');
      const names = listed.map(({ name }) => name);
      assert.equal(new Set(names).size, names.length, 'a peer is listed twice');
      for (const { name, createdAt, state, keyFile } of listed) {
        assert.match(name, /\S/, 'a peer has a name');
        assert.ok(createdAt === null || isIsoTime(createdAt), `"${createdAt}" is no ISO 8601 time`);
        const hasKey = state !== 'keyless' && state !== 'foreign';
        assert.equal(keyFile !== null, hasKey, `${name} is told as ${state}, and its key is in ${keyFile}`);
      }
    },
  },
  {
    name: 'tunnelPeers: one that was removed is gone, alone, and to remove it again is a success',
    platform: true,
    needs: ['tunnelPeers'],
    async run(bench) {
      const { spec, context } = bench;
      const { list, remove } = peersOf(bench);
      const before = await list(spec, context());
      const ours = before.find(({ state }) => state === 'kept' || state === 'keyless');
      if (ours === undefined) {
        bench.note('There was no peer to remove: only a name that is not there was removed.');
        await remove(spec, 'conformance-no-such-peer', context());
        return;
      }
      const others = namesOf(before.filter(({ name }) => name !== ours.name));
      for (let time = 1; time <= 2; time++) {
        await remove(spec, ours.name, context());
        const left = await list(spec, context());
        assert.deepEqual(namesOf(left), others, 'exactly the peer that was removed is gone');
      }
    },
  },
];

function namesOf(peers: readonly TunnelPeer[]): string[] {
  return peers.map(({ name }) => name).sort();
}

function peersOf({ provider }: Bench): TunnelPeers {
  assert.ok(provider.tunnelPeers !== undefined, 'the provider declares "tunnelPeers" and has no such member');
  const { tunnelPeers } = provider;
  // A provider may be written as a class.
  return { list: (...request) => tunnelPeers.list(...request), remove: (...request) => tunnelPeers.remove(...request) };
}
