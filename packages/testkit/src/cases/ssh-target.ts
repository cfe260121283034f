import assert from 'node:assert/strict';
import { isAbsolute } from 'node:path';
import type { PlatformCase } from '../conformance-case.js';

export const sshTargetCases: readonly PlatformCase[] = [
  {
    name: 'sshTarget: has all that an SSH client needs, host keys included',
    platform: true,
    needs: ['sshTarget'],
    leavesDeployed: true,
    async run(bench) {
      await bench.deploy();
      assert.ok(bench.provider.sshTarget !== undefined);
      const target = await bench.provider.sshTarget(bench.spec, bench.context());
      assert.match(target.user, /^[a-z_][a-z0-9_.-]*$/i, 'a user name');
      assert.match(target.hostKeyAlias, /^\S+$/, 'a name for known_hosts, in one word');
      assert.notDeepEqual(target.addresses, [], 'at least one address');
      for (const { host, port } of target.addresses) {
        assert.match(host, /^\S+$/, 'a host in one word');
        assert.ok(Number.isInteger(port) && port > 0 && port < 65_536, `${port} is no port`);
      }
      assert.notDeepEqual(target.hostKeys, [], 'without a known host key there is no target');
      for (const key of target.hostKeys)
        assert.match(key, /^(ssh|ecdsa|sk)-[^ ]+ [A-Za-z0-9+/]+=*$/, 'type and base64');
      const { identityFile } = target;
      assert.ok(identityFile === null || isAbsolute(identityFile), 'the identity file must be absolute, or null');
    },
  },
];
