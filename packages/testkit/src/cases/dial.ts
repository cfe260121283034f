import assert from 'node:assert/strict';
import type { Duplex } from 'node:stream';
import type { Bench } from '../bench.js';
import type { PlatformCase } from '../conformance-case.js';
import { assertSindriError } from '../expectations.js';

/** Reserved since 1983, and served by nobody. */
const CLOSED_PORT = 1;

export const dialCases: readonly PlatformCase[] = [
  {
    name: 'dial: reaches a port inside',
    platform: true,
    needs: ['dial'],
    needsPort: true,
    leavesDeployed: true,
    async run(bench) {
      await bench.deploy();
      await reachTarget(bench);
    },
  },
  {
    name: 'dial: more streams follow until that ends, and others come after it',
    platform: true,
    needs: ['dial'],
    needsPort: true,
    leavesDeployed: true,
    async run(bench) {
      await bench.deploy();
      const over = new AbortController();
      for (let stream = 1; stream <= 2; stream++) await reachTarget(bench, { until: over.signal });
      over.abort();
      await reachTarget(bench, { until: over.signal });
      await reachTarget(bench, { until: new AbortController().signal });
    },
  },
  {
    name: 'dial: a port that nobody serves is refused with PORT_NOT_LISTENING',
    platform: true,
    needs: ['dial'],
    leavesDeployed: true,
    async run(bench) {
      await bench.deploy();
      let stream: Duplex;
      try {
        stream = await dial(bench, CLOSED_PORT);
      } catch (error) {
        assertSindriError(error, 'dialling a closed port');
        assert.deepEqual(
          { code: error.code, kind: error.kind },
          { code: 'PORT_NOT_LISTENING', kind: 'refused' },
          'the error of a closed port must be that of portNotListening()',
        );
        return;
      }
      stream.on('error', () => undefined);
      // Where a relay is in between, the refusal comes as the end of the stream.
      for await (const chunk of stream) assert.fail(`a closed port sent ${JSON.stringify(String(chunk))}`);
    },
  },
];

/** Opens one stream to what the rig names, and reads its answer. */
async function reachTarget(bench: Bench, more: { until?: AbortSignal } = {}): Promise<void> {
  const target = bench.rig.dialTarget;
  assert.ok(target !== undefined, 'the rig must name a "dialTarget" for a provider that can dial');
  const stream = await dial(bench, target.port, more);
  try {
    if (target.send !== undefined) stream.write(target.send);
    assert.equal(await readAsMuchAs(stream, target.expect), target.expect);
  } finally {
    stream.destroy();
  }
}

async function dial(
  { provider, spec, context }: Bench,
  port: number,
  more: { until?: AbortSignal } = {},
): Promise<Duplex> {
  assert.ok(provider.dial !== undefined);
  return provider.dial(spec, { port, ...more }, context());
}

async function readAsMuchAs(stream: Duplex, expected: string): Promise<string> {
  let text = '';
  for await (const chunk of stream) {
    text += String(chunk);
    if (text.length >= expected.length) break;
  }
  return text.slice(0, expected.length);
}
