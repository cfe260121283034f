import { PassThrough } from 'node:stream';
import {
  defineProvider,
  portNotListening,
  SindriError,
  type LogLine,
  type Observation,
  type ObservedResource,
  type OperationContext,
  type EnvironmentSpec,
  type Provider,
} from '@sindri/core';
import { applyReference } from './apply.js';
import { callOf, listThings, requireInstance, requireMachine, restartMachine, setPower, worldOf } from './client.js';
import { OPTIONS_SCHEMA, toDesired } from './desired.js';
import { observeBuild, referenceBuilds } from './builds.js';
import { diagnoseReference } from './diagnose.js';
import { billOf, listRegions } from './bill.js';
import { listEnvironments, listEvents } from './history.js';
import { createImport } from './import.js';
import { holdReference } from './hold.js';
import { listKeys } from './keys.js';
import { createTunnelPeers } from './peers.js';
import { planReference } from './plan.js';
import type { ReferencePlatform, Thing } from './platform.js';
import { openReferenceSession, runReferenceProgram, type ShellWorld } from './shell.js';
import { createSignIn } from './sign-in.js';
import { listSecrets } from './secrets.js';
import { listSnapshots } from './snapshots.js';
import { CONNECTION_METHODS, NO_RELAY, summarizeReference } from './summary.js';

/** The port of the pretended machine that sends back what it gets. */
export const ECHO_PORT = 7;

/**
 * A provider with every capability, on a platform in memory: what the conformance kit is measured against, and an example of
 * every member of the contract.
 */
export function createReferenceProvider(platform: ReferencePlatform): Provider {
  return defineProvider({
    name: 'reference',
    apiVersion: 1,
    title: 'Reference (in memory)',
    capabilities: [
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
    ],
    connectionMethods: CONNECTION_METHODS,
    instanceCapabilities: ['power', 'hold', 'sshTarget'],
    optionsSchema: OPTIONS_SCHEMA,
    sample: { memory: '1GB', cpus: 1, volume: '10GB', options: { greeting: 'welcome' } },

    validate({ options }) {
      if (options['greeting'] !== '') return [];
      const message = 'A machine without a greeting starts in silence.';
      return [{ severity: 'warning', code: 'REFERENCE_SILENT', message, path: 'providers.reference.greeting' }];
    },

    async check(_request, context) {
      const item = { id: 'token', title: 'Token' };
      if (context.env['REFERENCE_TOKEN'] === undefined) {
        const fix = 'Set REFERENCE_TOKEN to the token of the platform.';
        return { items: [{ ...item, status: 'failed', message: 'REFERENCE_TOKEN is not set.', fix }] };
      }
      await platform.read(callOf('GET /account', context), () => null);
      return { items: [{ ...item, status: 'ok', message: 'REFERENCE_TOKEN is accepted.' }] };
    },

    observe,

    plan: planReference,
    apply: (change, context) => applyReference(platform, change, context),
    summarize: summarizeReference,
    volumes: { intents: ['volume.extend', 'volume.delete'] },
    snapshots: {
      intents: ['snapshot.create', 'snapshot.restore', 'snapshot.delete'],
      list: (spec, context) => listSnapshots(platform, spec, context),
    },
    environments: (context) => listEnvironments(platform, context),
    events: (spec, request, context) => listEvents(platform, spec, request, context),
    hold: (spec, request, context) => holdReference(platform, spec, request, context),
    diagnose: async (spec, context) => diagnoseReference(spec, await observe(spec, context)),
    cost: (spec, context) => billOf(platform, spec, context),
    regions: (context) => listRegions(platform, context),
    tunnelPeers: createTunnelPeers(platform),
    signIn: createSignIn(platform),
    import: createImport(platform),
    builds: referenceBuilds,
    secrets: {
      intents: ['secrets.set', 'secrets.deploy'],
      list: (spec, request, context) => listSecrets(platform, spec, request, context),
    },
    keys: {
      intents: ['key.admit', 'key.remove'],
      list: (spec, context) => listKeys(platform, spec, context),
    },

    power: {
      start: async (spec, context, request) => setPower(platform, spec, context, 'running', request),
      stop: async (spec, context, request) => setPower(platform, spec, context, 'stopped', request),
      suspend: async (spec, context, request) => setPower(platform, spec, context, 'suspended', request),
      restart: async (spec, context, request) => restartMachine(platform, spec, context, request),
    },

    async session(spec, request, context) {
      requireInstance(request);
      if (request.method === 'relay') {
        throw new SindriError({ code: 'REFERENCE_NO_RELAY', kind: 'refused', message: NO_RELAY });
      }
      return openReferenceSession(await wake(spec, context), request);
    },

    async exec(spec, request, context) {
      requireInstance(request);
      const machine = await requireMachine(platform, spec, context);
      if (machine.power !== 'running') throw asleep(spec);
      const { result, tookMs } = await runReferenceProgram(worldOf(platform, machine), request);
      if (tookMs <= (request.timeoutMs ?? Infinity)) return result;
      throw new SindriError({
        code: 'REFERENCE_TIMED_OUT',
        kind: 'incomplete',
        message: `The command took longer than ${request.timeoutMs} ms.`,
      });
    },

    async dial(spec, request, context) {
      requireInstance(request);
      await wake(spec, context);
      if (request.port === ECHO_PORT) return new PassThrough();
      throw portNotListening(request.port);
    },

    async sshTarget(spec, context, request) {
      requireInstance(request);
      await wake(spec, context);
      return {
        user: 'developer',
        addresses: [{ host: `${spec.name}.reference.invalid`, port: 10_022 }],
        hostKeys: ['ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGm0pSe8GZq2pB7zTrNNnsAIVqUYMwHmBFQAqTDDLcQ2'],
        identityFile: null,
        hostKeyAlias: `reference-${spec.name}`,
      };
    },

    async *logs(spec, { follow, sinceMs = 0, tail, instance }, context): AsyncGenerator<LogLine> {
      requireInstance({ ...(instance === undefined ? {} : { instance }) });
      const isRecent = ({ at }: { at: string }): boolean => Date.parse(at) >= sinceMs;
      const recent = platform.logOf(spec.name).filter(isRecent);
      for (const { at, message } of tail === undefined ? recent : recent.slice(-tail)) {
        yield { timestamp: at, source: 'app', level: 'info', instance: 'main', message };
      }
      // Nothing ever happens on its own here, so to follow is to wait for the abort.
      if (follow && !context.signal.aborted) {
        await new Promise((resolve) => context.signal.addEventListener('abort', resolve, { once: true }));
      }
    },

    artifacts: (spec) => [
      {
        name: 'reference.json',
        mediaType: 'application/json',
        content: `${JSON.stringify(toDesired(spec, []), null, 2)}\n`,
      },
    ],
  });

  /** Everything that is wanted or there. */
  async function observe(spec: EnvironmentSpec, context: OperationContext): Promise<Observation> {
    const [things, image] = await Promise.all([
      listThings(platform, spec, context),
      observeBuild(platform, spec, context),
    ]);
    const wanted = toDesired(
      spec,
      spec.secrets.map(({ name }) => ({ name, origin: '', fingerprint: '' })),
    );
    const names = [...wanted.map(({ type, name }) => ({ type, name })), ...things];
    const ids = [...new Set(names.map(({ type, name }) => `${type}:${name}`))];
    return {
      environment: spec.name,
      provider: 'reference',
      observedAt: new Date(context.clock.now()).toISOString(),
      resources: [...ids.map((id) => toResource(id, things)), ...image],
      facts: {},
    };
  }

  /** Starts the machine when it sleeps, and leads inside. */
  async function wake(spec: EnvironmentSpec, context: OperationContext): Promise<ShellWorld> {
    await setPower(platform, spec, context, 'running');
    return worldOf(platform, await requireMachine(platform, spec, context));
  }
}

function toResource(id: string, things: readonly Thing[]): ObservedResource {
  const [type = '', name = ''] = id.split(/:(.*)/s);
  const found = things.filter((thing) => thing.type === type && thing.name === name);
  const thing = found.find(({ mark, environment }) => mark === environment) ?? found[0];
  if (thing === undefined) return { id, type, name, status: 'absent' };
  const { settings, power, createdAt, keys = [], held } = thing;
  return {
    id,
    type,
    name,
    status: 'present',
    owned: thing.mark === thing.environment,
    data: { id: thing.id, settings, power, createdAt, keys: keys.map((key) => ({ ...key })), held: held ?? null },
  };
}

function asleep({ name }: EnvironmentSpec): SindriError {
  return new SindriError({
    code: 'REFERENCE_ASLEEP',
    kind: 'refused',
    message: `The environment "${name}" is not running.`,
    hint: 'Start it first, or open a session, which wakes it.',
  });
}
