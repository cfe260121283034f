import type { Provider } from '@sindri/core';
import { createFakeClock } from '../equipment/fake-clock.js';
import type { Rig, Subject } from '../subject.js';
import { REFERENCE_IMAGES } from './images.js';
import { createReferencePlatform, type ReferencePlatform } from './platform.js';
import { createReferenceProvider, ECHO_PORT } from './provider.js';

const CONFIG = [
  'version: "3.0"',
  'name: conformance',
  'deployment:',
  '  provider: reference',
  `  image: ${REFERENCE_IMAGES.usual}`,
  '  resources:',
  '    memory: 1GB',
  '    cpus: 1',
  '  volumes:',
  '    workspace:',
  '      size: 10GB',
  'providers:',
  '  reference:',
  '    greeting: hello',
  '    zone:',
  '      name: here',
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
    changedConfig: [
      { config: CONFIG.replace('hello', 'good morning'), impact: ['restart'] },
      { config: CONFIG.replace('memory: 1GB', 'memory: 2GB'), impact: ['restart'] },
      { config: CONFIG.replace('size: 10GB', 'size: 20GB'), impact: ['in-place'] },
      { config: CONFIG.replace('name: here', 'name: there'), impact: ['replace'] },
    ],
    otherImage: REFERENCE_IMAGES.other,
    missingImage: REFERENCE_IMAGES.missing,
    crashingConfig: CONFIG.replace(REFERENCE_IMAGES.usual, REFERENCE_IMAGES.crashing),
    async setup(): Promise<Rig> {
      current = createReferencePlatform();
      const platform = current;
      return {
        clock: createFakeClock({ tickMs: 1000 }),
        env: { REFERENCE_TOKEN: platform.token, HOME: '/nowhere' },
        requests: () => platform.requests,
        inventory: () => platform.things.map(({ type, name, mark }) => `${type} ${name} of ${mark ?? 'a stranger'}`),
        addStranger() {
          const common = { environment: 'conformance', settings: {}, createdAt: '2026-01-01T00:00:00.000Z' };
          platform.addStranger({ ...common, type: 'volume', name: 'home', power: null });
          platform.addStranger({ ...common, type: 'machine', name: 'main', power: 'running' });
        },
        approveSignIn: (url) => void platform.approveSignIn(url),
        failReads: () => platform.failReads(),
        buildSource: async () => ({ repository: 'https://git.invalid/sindri.git', commit: '0123456789'.repeat(4) }),
        passIdleTime: () => platform.passIdleTime(),
        interruptAfter: (writes) => platform.interruptAfter(writes),
        dialTarget: { port: ECHO_PORT, send: 'echo?', expect: 'echo?' },
      };
    },
  };
}
