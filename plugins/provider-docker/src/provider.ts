import { defineProvider, type Capability, type OperationContext, type Provider } from '@sindri/core';
import { checkEngine, createEngineOpener, dialContainer, readEvents, readLogs } from '@sindri/docker-engine';
import { authorizedKeysVariable } from '@sindri/image-contract';
import { inspectAuthorizedKeys } from '@sindri/ssh';
import { applyChange } from './apply.js';
import { composeFile } from './compose.js';
import { dockerError } from './docker-error.js';
import { createImages } from './images.js';
import { openInside, runInside } from './inside.js';
import { listEnvironments, snapshotsOf } from './listing.js';
import { observeDocker } from './observe.js';
import { optionsSchema, sample, validateSpec } from './options.js';
import { freeOfCharge, planDocker } from './plan.js';
import { createPower, requireContainer, wake } from './power.js';
import { labels, namesOf } from './settings.js';
import type { DockerShapes } from './shapes.js';
import { summarizeDocker } from './summarize.js';
import { findSshTarget } from './ways-in.js';
import { sortWorld } from './world.js';

const capabilities = [
  'power',
  'session',
  'exec',
  'dial',
  'sshTarget',
  'logs',
  'artifacts',
  'volumes',
  'snapshots',
  'environments',
  'events',
  'cost',
] as const satisfies readonly Capability[];

/** Environments on a Docker Engine, over its API: one container each, with a volume as its home. */
export function createDockerProvider(): Provider {
  const open = createEngineOpener();
  /** For what outlives the signal of its opening. */
  const lasting = (context: OperationContext): OperationContext => ({
    ...context,
    signal: new AbortController().signal,
  });

  return defineProvider<DockerShapes>({
    name: 'docker',
    apiVersion: 1,
    title: 'Docker',
    capabilities,
    optionsSchema,
    sample,
    images: createImages(open),
    validate: validateSpec,
    inspectSecret: ({ name, value }) => (name === authorizedKeysVariable ? inspectAuthorizedKeys(value) : {}),
    check: (_request, context) => checkEngine(open, context),
    observe: async (spec, context, request) => observeDocker(await open(context), spec, context, request),
    plan: planDocker,
    apply: async (change, context) => applyChange(await open(context), change, context),
    summarize: summarizeDocker,
    power: createPower(open),
    async session(spec, request, context) {
      const { id } = await wake(await open(context), spec, context, request.instance);
      return openInside(await open(lasting(context)), context, id, request);
    },
    async exec(spec, request, context) {
      const engine = await open(context);
      const { id, status } = await requireContainer(engine, spec, request.instance);
      if (status === 'running') return runInside(engine, context, id, request);
      throw dockerError(
        'DOCKER_ASLEEP',
        'refused',
        `The environment "${spec.name}" does not run.`,
        'Start it with `sindri start`.',
      );
    },
    async dial(spec, { port, instance }, context) {
      const container = await wake(await open(context), spec, context, instance);
      return dialContainer(await open(lasting(context)), container, port, context);
    },
    async sshTarget(spec, context) {
      const engine = await open(context);
      return findSshTarget(engine, spec, await wake(engine, spec, context), context);
    },
    async *logs(spec, request, context) {
      const engine = await open(context);
      const { id } = await requireContainer(engine, spec, request.instance);
      yield* readLogs(engine, id, namesOf(spec.name).container, request);
    },
    artifacts: composeFile,
    volumes: { intents: ['volume.delete'] },
    snapshots: {
      intents: ['snapshot.create', 'snapshot.restore', 'snapshot.delete'],
      async list(spec, context) {
        const seen = await observeDocker(await open(context), spec, context, { purpose: 'summary' });
        return snapshotsOf(sortWorld(seen).snapshots);
      },
    },
    environments: async (context) => listEnvironments(await open(context)),
    async cost(spec, context) {
      const seen = await observeDocker(await open(context), spec, context, { purpose: 'summary' });
      const of = summarizeDocker(spec, seen).state === 'absent' ? 'config' : 'deployed';
      return { ...freeOfCharge, of, soFar: null, rates: [] };
    },
    async events(spec, request, context) {
      const engine = await open(context);
      if (request.instance !== undefined) await requireContainer(engine, spec, request.instance);
      // A copy of a volume is made by a container, too.
      const ours = { label: `${labels.environment}=${spec.name}`, except: `${labels.role}=copy` };
      return readEvents(engine, ours, request, context);
    },
  });
}
