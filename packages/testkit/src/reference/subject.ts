import type { Clock, Provider } from '@sindri/core';
import type { Rig, Subject } from '../subject.js';
import { createReferencePlatform, type ReferencePlatform } from './platform.js';
import { createReferenceProvider, ECHO_PORT } from './provider.js';

const CONFIG = [
  'version: "3.0"',
  'name: conformance',
  'deployment:',
  '  provider: reference',
  'providers:',
  '  reference:',
  '    greeting: hello',
  '',
].join('\n');

/**
 * The reference provider with its platform, every door of the rig open. `bend` may replace the provider by another one on
 * the same platform: the kit's own tests break it there.
 */
export function createReferenceSubject(
  bend: (provider: Provider, platform: ReferencePlatform) => Provider = (provider) => provider,
): Subject {
  // `create` and `setup` must meet on one platform: each rig gets a new one, and the provider asks for the current one.
  let current = createReferencePlatform();
  const follow: ReferencePlatform = new Proxy(current, {
    get: (_first, member) => Reflect.get(current, member) as unknown,
  });
  return {
    create: () => bend(createReferenceProvider(follow), follow),
    config: CONFIG,
    changedConfig: CONFIG.replace('hello', 'good morning'),
    async setup(): Promise<Rig> {
      current = createReferencePlatform();
      const platform = current;
      return {
        clock: createTickingClock(),
        env: { REFERENCE_TOKEN: platform.token, HOME: '/nowhere' },
        requests: () => platform.requests,
        inventory: () => platform.things.map(({ type, name, mark }) => `${type} ${name} of ${mark ?? 'a stranger'}`),
        addStranger() {
          const common = { environment: 'conformance', settings: {}, createdAt: '2026-01-01T00:00:00.000Z' };
          platform.addStranger({ ...common, type: 'volume', name: 'home', power: null });
          platform.addStranger({ ...common, type: 'machine', name: 'main', power: 'running' });
        },
        failReads: () => platform.failReads(),
        interruptAfter: (writes) => platform.interruptAfter(writes),
        dialTarget: { port: ECHO_PORT, send: 'echo?', expect: 'echo?' },
      };
    },
  };
}

/** Every look at it is a second later, so that no two things happen at the same time. */
function createTickingClock(): Clock {
  let now = Date.parse('2026-01-01T00:00:00Z');
  return {
    now: () => (now += 1000),
    async sleep(ms, signal) {
      signal?.throwIfAborted();
      now += ms;
    },
  };
}
