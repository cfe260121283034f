import { defineProvider, type Capability, type Observation, type Provider } from '@sindri/core';
import { createApiOpener } from './api/client.js';
import { createDispatcherSource } from './api/dispatcher.js';
import { tokenPatterns } from './auth/token-patterns.js';
import { applyChange } from './apply/apply-change.js';
import { createCheck } from './check.js';
import { createDial } from './connection/dial.js';
import { findOwnIdentity } from './connection/identities.js';
import { connectionMethods } from './connection/methods/index.js';
import { createSession } from './connection/session.js';
import { createSshTarget } from './connection/ssh-target.js';
import { readEnvironmentDefaults, withEnvironmentDefaults } from './environment-defaults.js';
import { createExec } from './exec.js';
import { createLogs } from './logs.js';
import { desiredNames, flyArtifacts, flyOptionsSchema, planFly, summarizeFly, validateSpec } from './planner/index.js';
import type { FlyFacts } from './model.js';
import { observeFly } from './observe.js';
import { createPower } from './power.js';

const capabilities = [
  'power',
  'session',
  'exec',
  'dial',
  'sshTarget',
  'logs',
  'artifacts',
] as const satisfies readonly Capability[];

/**
 * The Fly.io provider: straight to the Machines API, SSH without flyctl. Keeps connections open between calls of one
 * instance, and nothing else.
 */
export function createFlyProvider(): Provider {
  const dispatchers = createDispatcherSource();
  const openApi = createApiOpener(dispatchers);

  return defineProvider({
    name: 'fly',
    apiVersion: 1,
    title: 'Fly.io',
    capabilities,
    connectionMethods,
    secretPatterns: tokenPatterns,
    optionsSchema: flyOptionsSchema,
    validate: validateSpec,
    check: createCheck(dispatchers),

    async observe(spec, context, request) {
      const purpose = request?.purpose ?? 'plan';
      const [api, identity] = await Promise.all([
        openApi(context),
        purpose === 'plan' ? findOwnIdentity(spec, context) : null,
      ]);
      const wanted = withEnvironmentDefaults(spec, readEnvironmentDefaults(context.env));
      return observeFly(api, wanted, context, { purpose, identity });
    },

    plan: (request, observation) =>
      planFly({ ...request, spec: withEnvironmentDefaults(request.spec, defaultsOf(observation)) }, observation),

    async apply(change, context) {
      const spec = withEnvironmentDefaults(context.spec, defaultsOf(context.observation));
      return applyChange(await openApi(context), change, { ...context, spec }, desiredNames(spec));
    },

    summarize: (spec, observation) => summarizeFly(withEnvironmentDefaults(spec, defaultsOf(observation)), observation),

    power: createPower(openApi),
    session: createSession(openApi),
    exec: createExec(openApi),
    dial: createDial(openApi),
    sshTarget: createSshTarget(openApi),
    logs: createLogs(openApi),
    artifacts: flyArtifacts,
  });
}

/** What the environment said when the observation was made: plans must not depend on anything else. */
function defaultsOf(observation: Observation): FlyFacts['defaults'] {
  const facts = observation.facts as unknown as Partial<FlyFacts>;
  return facts.defaults ?? { organization: null, region: null };
}
