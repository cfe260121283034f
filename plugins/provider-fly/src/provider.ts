import { defineProvider, type Capability, type Provider } from '@sindri/core';
import { authorizedKeysVariable } from '@sindri/image-contract';
import { createApiOpener } from './api/client.js';
import { createDispatcherSource } from './api/dispatcher.js';
import { createSignIn } from './auth/sign-in/sign-in.js';
import { tokenPatterns } from './auth/token-patterns.js';
import { applyChange } from './apply/apply-change.js';
import { createCheck } from './check.js';
import { availability } from './connection/availability.js';
import { createDial } from './connection/dial.js';
import { findCallerIdentities, toCallerIdentity } from './connection/identities.js';
import { connectionMethods } from './connection/methods/index.js';
import { createRegions } from './regions.js';
import { createSession } from './connection/session.js';
import { createSshStream } from './connection/ssh-stream.js';
import { createSshTarget } from './connection/ssh-target.js';
import { createDiagnose } from './diagnose/diagnose.js';
import { createCost } from './cost.js';
import { createEnvironments } from './environments/list.js';
import { createEvents } from './events.js';
import { createExec } from './exec.js';
import { createImport } from './import.js';
import { createHold } from './hold/hold.js';
import { flyBuilds, flyImages } from './images.js';
import { createListKeys } from './keys/list.js';
import { createLogs } from './logs.js';
import {
  desiredNames,
  flyArtifacts,
  flyOptionsSchema,
  flySample,
  planFly,
  summarizeFly,
  validateSpec,
} from './planner/index.js';
import type { FlyShapes } from './shapes.js';
import { createNetworkPool } from './private-network/pool.js';
import { createTunnelPeers } from './private-network/tunnel-peers.js';
import { observeFly } from './observe.js';
import { createPower } from './power.js';
import { inspectSecret } from './secrets/inspect.js';
import { createListSecrets } from './secrets/list.js';
import { createListSnapshots } from './snapshots.js';

const capabilities = [
  'power',
  'session',
  'exec',
  'dial',
  'tunnelPeers',
  'sshTarget',
  'logs',
  'artifacts',
  'volumes',
  'snapshots',
  'keys',
  'secrets',
  'environments',
  'events',
  'hold',
  'diagnose',
  'cost',
  'regions',
  'signIn',
  'import',
  'builds',
] as const satisfies readonly Capability[];

/**
 * The Fly.io provider: straight to the Machines API, SSH without flyctl. Keeps connections open between calls of one
 * instance, and nothing else.
 */
export function createFlyProvider(): Provider {
  const dispatchers = createDispatcherSource();
  const networks = createNetworkPool();
  const openApi = createApiOpener(dispatchers, networks);

  return defineProvider<FlyShapes>({
    name: 'fly',
    apiVersion: 1,
    title: 'Fly.io',
    capabilities,
    connectionMethods,
    instanceCapabilities: ['power', 'hold', 'sshTarget'],
    secretPatterns: tokenPatterns,
    requiredSecrets: [authorizedKeysVariable],
    optionsSchema: flyOptionsSchema,
    sample: flySample,
    images: flyImages,
    validate: validateSpec,
    inspectSecret,
    secretFiles: true,
    check: createCheck(dispatchers),

    async observe(spec, context, request) {
      const purpose = request?.purpose ?? 'plan';
      const found = purpose === 'plan' ? findCallerIdentities(spec, context) : Promise.resolve([]);
      const identities = found.then((all) => all.map(toCallerIdentity));
      // What Fly refuses is told first.
      identities.catch(() => undefined);
      return observeFly(await openApi(context), spec, context, { purpose, intent: request?.intent, identities });
    },

    plan: planFly,

    async apply(change, context) {
      const names = desiredNames(context.spec, context.observation.facts.defaults);
      return applyChange(await openApi(context), change, context, names);
    },

    summarize: (spec, observation) => summarizeFly(spec, observation, availability),

    power: createPower(openApi),
    session: createSession(openApi),
    forwardsAgent: true,
    exec: createExec(openApi),
    dial: createDial(openApi, networks),
    tunnelPeers: createTunnelPeers(openApi),
    sshTarget: createSshTarget(openApi),
    sshStream: createSshStream(openApi),
    logs: createLogs(openApi),
    artifacts: flyArtifacts,
    volumes: { intents: ['volume.extend', 'volume.delete'] },
    snapshots: { intents: ['snapshot.create', 'snapshot.restore'], list: createListSnapshots(openApi) },
    environments: createEnvironments(openApi),
    events: createEvents(openApi),
    hold: createHold(openApi),
    diagnose: createDiagnose(openApi),
    cost: createCost(openApi),
    regions: createRegions(dispatchers),
    signIn: createSignIn(dispatchers),
    import: createImport(openApi),
    builds: flyBuilds,
    keys: { intents: ['key.admit', 'key.remove'], list: createListKeys(openApi) },
    secrets: {
      intents: ['secrets.set', 'secrets.deploy', 'secrets.protect'],
      list: createListSecrets(openApi),
    },
  });
}
