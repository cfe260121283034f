import assert from 'node:assert/strict';
import { isSindriError, type SessionRequest } from '@sindri/core';
import type { Bench } from '../bench.js';
import type { PlatformCase } from '../conformance-case.js';
import { assertSindriError, rejectionOf } from '../expectations.js';
import { finish, open, plainRequest } from './session-use.js';

const UNKNOWN_INSTANCE = 'conformance-no-such-instance';

export const connectionCases: readonly PlatformCase[] = [
  {
    name: 'connections: every declared method works, or the summary says why not',
    platform: true,
    needs: ['session'],
    needsMethods: true,
    leavesDeployed: true,
    async run(bench) {
      const { connections = [] } = bench.provider.summarize(bench.spec, await bench.deploy());
      const declared = (bench.provider.connectionMethods ?? []).map(({ name }) => name);
      for (const { method, unavailable } of connections) {
        assert.ok(declared.includes(method), `the summary tells of the method "${method}", which is not declared`);
        if (unavailable !== null) assert.match(unavailable, /\S/, `${method}: the reason is empty`);
      }
      for (const method of declared) {
        const reason = connections.find((item) => item.method === method)?.unavailable ?? null;
        const problem = await tryMethod(bench, method);
        if (problem === null) continue;
        assertSindriError(problem, `a session by the method "${method}"`);
        // A refusal that says what is missing is a report, too; anything else is a surprise.
        const refused = isSindriError(problem) && ['refused', 'usage'].includes(problem.kind);
        const told = reason !== null || refused;
        assert.ok(told, `the method "${method}" does not work (${problem.message}), and nothing says why it cannot`);
        const agrees = connections.every((item) => item.method !== method || item.unavailable !== null);
        assert.ok(agrees, `the summary calls the method "${method}" available, but: ${problem.message}`);
      }
    },
  },
  {
    name: 'instance: one that does not exist is refused',
    platform: true,
    leavesDeployed: true,
    async run(bench) {
      const { provider, spec } = bench;
      await bench.deploy();
      const context = bench.context();
      const instance = UNKNOWN_INSTANCE;
      const uses: Record<string, (() => Promise<unknown>) | undefined> = {
        session: provider.session && (async () => endAtOnce(bench, { ...plainRequest(bench), instance })),
        exec: provider.exec && (async () => provider.exec?.(spec, { command: ['true'], instance }, context)),
        dial:
          provider.dial &&
          (async () => {
            const port = bench.rig.dialTarget?.port ?? 22;
            (await provider.dial?.(spec, { port, instance }, context))?.destroy();
          }),
        logs:
          provider.logs &&
          (async () => {
            for await (const _line of provider.logs?.(spec, { follow: false, instance }, context) ?? []);
          }),
        events: provider.events && (async () => provider.events?.(spec, { instance }, context)),
        ...declared(bench, instance),
      };
      for (const [what, use] of Object.entries(uses)) {
        if (use === undefined) continue;
        const error = await rejectionOf(use(), `${what} of an instance that does not exist`);
        assertSindriError(error, `${what} of an instance that does not exist`);
      }
    },
  },
];

/** What takes an instance only where the provider says so. */
function declared({ provider, spec, context }: Bench, instance: string): Record<string, () => Promise<unknown>> {
  const { power, instanceCapabilities = [] } = provider;
  const down = power?.stop === undefined ? 'suspend' : 'stop';
  const all = {
    power: {
      start: () => power?.start(spec, context(), { instance }),
      [down]: () => power?.[down]?.(spec, context(), { instance }),
      ...(power?.restart && { restart: () => power.restart?.(spec, context(), { instance }) }),
    },
    hold: {
      hold: async () =>
        (await provider.hold?.(spec, { durationMs: 1_000, reason: 'conformance', instance }, context()))?.release(),
    },
    sshTarget: { sshTarget: () => provider.sshTarget?.(spec, context(), { instance }) },
  };
  const uses = instanceCapabilities.flatMap((name) => Object.entries(all[name]));
  return Object.fromEntries(uses.map(([what, use]) => [what, async (): Promise<unknown> => use?.()]));
}

/** Why it does not work, `null` when it does. */
async function tryMethod(bench: Bench, method: string): Promise<unknown> {
  try {
    await endAtOnce(bench, { ...plainRequest(bench), method });
    return null;
  } catch (error) {
    return error;
  }
}

async function endAtOnce(bench: Bench, request: SessionRequest): Promise<void> {
  const session = await open(bench, request);
  if (request.command === undefined) session.close();
  session.stdin.end();
  await finish(session);
}
