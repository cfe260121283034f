import { PassThrough } from 'node:stream';
import {
  defineProvider,
  SindriError,
  type ApplyContext,
  type ApplyResult,
  type Change,
  type EnvironmentSpec,
  type JsonObject,
  type LogLine,
  type Observation,
  type ObservedResource,
  type OperationContext,
  type PowerResult,
  type Provider,
} from '@sindri/core';
import { OPTIONS_SCHEMA, toDesired } from './desired.js';
import { planReference } from './plan.js';
import type { Call, ReferencePlatform, Thing } from './platform.js';
import { openReferenceSession, runReferenceProgram } from './shell.js';
import { summarizeReference } from './summary.js';

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
    capabilities: ['power', 'session', 'exec', 'dial', 'sshTarget', 'logs', 'artifacts'],
    optionsSchema: OPTIONS_SCHEMA,

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
      await platform.read(call('GET /account', context), () => null);
      return { items: [{ ...item, status: 'ok', message: 'REFERENCE_TOKEN is accepted.' }] };
    },

    async observe(spec, context): Promise<Observation> {
      const things = await list(spec, context);
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
        resources: ids.map((id) => toResource(id, things)),
        facts: {},
      };
    },

    plan: planReference,

    async apply(change, context): Promise<ApplyResult> {
      const { type, name } = change.resource;
      context.emit({ type: 'change.progress', change: change.id, message: 'asking the platform' });
      if (type !== 'volume' && type !== 'secret' && type !== 'machine') throw unknownChange(change);
      // Looked up even for a create: an earlier run may have made it and lost the answer.
      const existing = (await list(context.spec, context)).find(
        (thing) => thing.type === type && thing.name === name && thing.mark === context.spec.name,
      );
      if (change.action === 'delete') {
        if (existing === undefined) return { status: 'skipped', reason: 'it was gone already', result: {} };
        await platform.write(call(`DELETE /${type}/${existing.id}`, context), (things) => {
          things.splice(
            things.findIndex(({ id }) => id === existing.id),
            1,
          );
        });
        return { status: 'applied', result: {} };
      }
      const settings = change.payload['settings'] as JsonObject;
      if (existing === undefined) return create(type, name, settings, context);
      await platform.write(call(`PUT /${type}/${existing.id}`, context), (things) => {
        const thing = things.find(({ id }) => id === existing.id);
        if (thing !== undefined) Object.assign(thing, { settings, power: type === 'machine' ? 'running' : null });
      });
      return { status: 'applied', result: { id: existing.id } };
    },

    summarize: summarizeReference,

    power: {
      start: (spec, context) => setPower(spec, context, 'running'),
      stop: (spec, context) => setPower(spec, context, 'stopped'),
      suspend: (spec, context) => setPower(spec, context, 'suspended'),
    },

    async session(spec, request, context) {
      await wake(spec, context);
      return openReferenceSession(request);
    },

    async exec(spec, request, context) {
      await wake(spec, context);
      return runReferenceProgram(request);
    },

    async dial(spec, { port }, context) {
      await wake(spec, context);
      if (port === ECHO_PORT) return new PassThrough();
      throw new SindriError({
        code: 'REFERENCE_PORT_CLOSED',
        kind: 'transport',
        message: `Nothing listens on port ${port} of "${spec.name}".`,
      });
    },

    async sshTarget(spec, context) {
      await wake(spec, context);
      return {
        user: 'developer',
        addresses: [{ host: `${spec.name}.reference.invalid`, port: 10_022 }],
        hostKeys: ['ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGm0pSe8GZq2pB7zTrNNnsAIVqUYMwHmBFQAqTDDLcQ2'],
        identityFile: null,
        hostKeyAlias: `reference-${spec.name}`,
      };
    },

    async *logs(spec, { follow, sinceMs = 0, tail }, context): AsyncGenerator<LogLine> {
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

  function call(description: string, { env, signal }: OperationContext): Call {
    return { description, token: env['REFERENCE_TOKEN'], signal };
  }

  function list(spec: EnvironmentSpec, context: OperationContext): Promise<Thing[]> {
    return platform.read(call(`GET /things?environment=${spec.name}`, context), (things) =>
      things.filter(({ environment }) => environment === spec.name),
    );
  }

  async function create(
    type: Thing['type'],
    name: string,
    settings: JsonObject,
    context: ApplyContext,
  ): Promise<ApplyResult> {
    const { spec, launchId, clock } = context;
    // The only place that needs the value; a real provider would send it from here.
    if (type === 'secret') context.secrets.reveal(name);
    const createdAt = new Date(clock.now()).toISOString();
    const id = await platform.write(call(`POST /${type}`, context), (things) => {
      const made = `${type}-${launchId}-${things.length}`;
      const power = type === 'machine' ? 'running' : null;
      things.push({ id: made, environment: spec.name, type, name, mark: spec.name, settings, power, createdAt });
      return made;
    });
    platform.log(spec.name, `${type} ${name} was created`, createdAt);
    return { status: 'applied', result: { id } };
  }

  async function setPower(
    spec: EnvironmentSpec,
    context: OperationContext,
    power: 'running' | 'stopped' | 'suspended',
  ): Promise<PowerResult> {
    const machine = (await list(spec, context)).find(({ type, mark }) => type === 'machine' && mark === spec.name);
    if (machine === undefined || machine.power === null) throw absent(spec);
    const before = machine.power;
    // What is stopped has no memory left that a suspend could keep.
    if (before === power || (before === 'stopped' && power === 'suspended')) return { before, after: before };
    await platform.write(call(`POST /machine/${machine.id}/${power}`, context), (things) => {
      const found = things.find(({ id }) => id === machine.id);
      if (found !== undefined) found.power = power;
    });
    platform.log(spec.name, `machine ${machine.name} is ${power}`, new Date(context.clock.now()).toISOString());
    return { before, after: power };
  }

  async function wake(spec: EnvironmentSpec, context: OperationContext): Promise<void> {
    await setPower(spec, context, 'running');
  }
}

function toResource(id: string, things: readonly Thing[]): ObservedResource {
  const [type = '', name = ''] = id.split(/:(.*)/s);
  const found = things.filter((thing) => thing.type === type && thing.name === name);
  const thing = found.find(({ mark, environment }) => mark === environment) ?? found[0];
  if (thing === undefined) return { id, type, name, status: 'absent' };
  const { settings, power, createdAt } = thing;
  return {
    id,
    type,
    name,
    status: 'present',
    owned: thing.mark === thing.environment,
    data: { id: thing.id, settings, power, createdAt },
  };
}

function unknownChange({ id }: Change): SindriError {
  return new SindriError({
    code: 'REFERENCE_CHANGE_UNKNOWN',
    kind: 'internal',
    message: `The reference provider has never planned "${id}".`,
  });
}

function absent({ name }: EnvironmentSpec): SindriError {
  return new SindriError({
    code: 'REFERENCE_ABSENT',
    kind: 'refused',
    message: `The environment "${name}" does not exist.`,
    hint: 'Deploy it first.',
  });
}
