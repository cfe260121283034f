import { defineProvider, describeSecrets, freeReport, type Provider } from '@sindri/core';
import * as docker from '@sindri/docker-engine';
import { authorizedKeysVariable, resolveImage } from '@sindri/image-contract';
import { inspectAuthorizedKeys } from '@sindri/ssh';
import { createDockerApply } from './apply.js';
import { createFind, createPower, wake } from './container.js';
import { diagnoseDocker } from './diagnose.js';
import { errors } from './docker-error.js';
import { openInside, runInside } from './inside.js';
import { findSshTarget, keysInside } from './keys.js';
import { observeDocker, worldOf } from './observe.js';
import { optionsSchema, sample, validateSpec } from './options.js';
import { planDocker } from './plan.js';
import { secretsParts } from './secrets.js';
import { composeFile, labelOf, namesOf } from './settings.js';
import type { DockerShapes } from './shapes.js';
import { listEnvironments, lookAt, summarizeDocker } from './summarize.js';

/** Environments on a Docker Engine, over its API: one container each, with a volume as its home. */
export function createDockerProvider(): Provider {
  const open = docker.createEngineOpener();
  const find = createFind(open);
  return defineProvider<DockerShapes>({
    name: 'docker',
    apiVersion: 1,
    title: 'Docker',
    optionsSchema,
    sample,
    images: {
      defaultImage: (spec) => resolveImage({ ...spec, image: null }).reference,
      present: docker.presentIn(open),
    },
    validate: validateSpec,
    inspectSecret: ({ name, value }) => (name === authorizedKeysVariable ? inspectAuthorizedKeys(value) : {}),
    check: (_request, context) => docker.checkEngine(open, context),
    observe: async (spec, context, request) => observeDocker(await open(context), spec, context, request),
    plan: planDocker,
    apply: createDockerApply(open),
    summarize: summarizeDocker,
    power: createPower(find),
    instanceCapabilities: ['power', 'sshTarget'],
    session: async (spec, request, context) =>
      openInside(await wake(await find(spec, context, request.instance), context), request, context),
    async exec(spec, request, context) {
      const place = await find(spec, context, request.instance);
      if (place.container.status !== 'running') throw errors.asleep(spec.name);
      return runInside(place, request, context);
    },
    async dial(spec, { port, instance }, context) {
      const { engine, container } = await wake(await find(spec, context, instance), context);
      return docker.dialContainer(engine, container, port, context);
    },
    sshTarget: async (spec, context, { instance } = {}) =>
      findSshTarget(await wake(await find(spec, context, instance), context), spec, context),
    async *logs(spec, request, context) {
      const { engine, container } = await find(spec, context, request.instance);
      yield* docker.readLogs(engine, container.id, namesOf(spec.name).container, request);
    },
    artifacts: composeFile,
    volumes: { intents: ['volume.delete'] },
    snapshots: {
      intents: ['snapshot.create', 'snapshot.restore', 'snapshot.delete'],
      list: async (spec, context) =>
        docker.snapshotsFrom((await worldOf(await open(context), spec, context)).snapshots),
    },
    keys: {
      intents: ['key.admit', 'key.remove'],
      list: async (spec, context) => keysInside.list(await find(spec, context), context),
    },
    secrets: {
      intents: ['secrets.set', 'secrets.deploy'],
      list: async (spec, { local }, context) =>
        describeSecrets(secretsParts.of(await worldOf(await open(context), spec, context)), local),
    },
    diagnose: (spec, context) => diagnoseDocker(open, spec, context),
    environments: async (context) => listEnvironments(await open(context), context),
    cost: async (spec, context) => freeReport(await lookAt(await open(context), spec, context)),
    async events(spec, request, context) {
      const engine = await open(context);
      if (request.instance !== undefined) await find(spec, context, request.instance);
      // A copy of a volume is made by a container, too.
      const ours = { label: `${labelOf('environment')}=${spec.name}`, except: `${labelOf('role')}=copy` };
      return docker.readEvents(engine, ours, request, context);
    },
  });
}
