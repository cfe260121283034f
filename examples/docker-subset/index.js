'use strict';
const core = require('@sindri/core');
const { call, run } = require('./engine.js');

const nameOf = ({ name }) => `sindri-${name}`;
const errors = core.standardErrors('DOCKER_SUBSET');
const crashed = { code: 'DOCKER_SUBSET_CRASHED', kind: 'refused', message: 'The container ended at its start.' };
const noSecrets = { severity: 'error', blocks: 'deploy', code: 'DOCKER_SUBSET_SECRETS', path: 'secrets' };

/** What of the container counts, and whether it is ours; `null` when there is none. */
async function look(context, spec) {
  const wire = await call(context, 'GET', `/containers/${nameOf(spec)}/json`);
  if (wire === null) return null;
  const data = { id: wire.Id, status: wire.State.Status, image: wire.Config.Image };
  return { owned: wire.Config.Labels?.['sindri.environment'] === spec.name, data };
}

/** The name is the mutex of two deploys: whoever comes second finds what the first has made. */
async function create(context, spec, image) {
  const body = { Image: image, Labels: { 'sindri.environment': spec.name }, Volumes: { '/alt/home/developer': {} } };
  const made = await call(context, 'POST', `/containers/create?name=${nameOf(spec)}`, body).catch(async (error) => {
    const there = await look(context, spec);
    return there?.owned && there.data.image === image ? there : Promise.reject(error);
  });
  if (made === null) throw errors.imageMissing(image);
}

/** Core knows what each intent means, and plans the one thing that runs: this is what it does not know. */
const plan = core.createPlanner({
  errors,
  notes: core.standardNotes('DOCKER_SUBSET'),
  open: ({ resources: [container] }) => container,
  cost: () => null,
  keepable: {},
  all: (container) => [[container]],
  deletion: (it) => core.makeChange({ action: 'delete', resource: it, impact: ['data-loss'], payload: it.data }),
  deploy(request, resource) {
    const [there = null, wanted] = [resource.data, { image: request.spec.image?.reference }];
    core.refuseStrangers([resource], request, errors);
    const state = there?.status === 'running' ? 'running' : 'failed';
    const more = { payload: { ...there, ...wanted }, made: `from ${wanted.image}`, stays: 'nothing in it' };
    const changes = core.planRunning({ resource, state, there, wanted, ...more });
    // What is made anew begins with an empty home.
    return changes.map((one) => (one.impact[0] === 'replace' ? { ...one, impact: ['replace', 'data-loss'] } : one));
  },
});

/** @type {import('@sindri/core').ProviderFactory} */
exports.createProvider = () =>
  core.defineProvider({
    name: 'docker-subset',
    apiVersion: 1,
    title: 'Docker, a subset',
    optionsSchema: core.defineOptions({}),
    sample: { image: 'ghcr.io/pacphi/sindri:3' },
    plan,
    // Nothing takes secrets to an environment yet: refused is better than lost.
    validate: ({ secrets }) => secrets.map(({ name }) => ({ ...noSecrets, message: `${name} cannot be set yet.` })),

    async check(_request, context) {
      const item = { id: 'engine', title: 'Docker Engine', fix: 'Start Docker, or set DOCKER_HOST.' };
      const answer = call(context, 'GET', '/version').then(({ Version }) => ({ status: 'ok', message: Version }));
      return { items: [{ ...item, ...(await answer.catch(({ message }) => ({ status: 'failed', message }))) }] };
    },

    async observe(spec, context) {
      const { seen } = await core.settleLooks({ seen: look(context, spec) }, context);
      const resource = core.makeResource({ id: 'container', type: 'container', name: nameOf(spec) }, seen, (it) => it);
      return core.makeObservation(spec, 'docker-subset', context, [resource], {});
    },

    async apply({ id, action, resource, payload }, context) {
      const { spec, clock, signal } = context;
      if (resource.name !== nameOf(spec)) throw errors.unplanned(id);
      if (payload.id && action !== 'start') await call(context, 'DELETE', `/containers/${payload.id}?force=1&v=1`);
      if (action === 'delete') return core.applied();
      if (action !== 'start') await create(context, spec, payload.image);
      await call(context, 'POST', `/containers/${nameOf(spec)}/start`);
      // What ends right after its start is no success.
      await clock.sleep(500, signal);
      if ((await look(context, spec))?.data.status === 'running') return core.applied();
      throw new core.SindriError(crashed);
    },

    summarize(spec, { resources: [container] }) {
      const { image = null, status: platformState = null } = core.isOwn(container) ? container.data : {};
      const there = platformState === 'running' ? 'running' : platformState === null ? 'absent' : 'stopped';
      const state = container.status === 'unobserved' ? 'unknown' : there;
      return core.makeSummary({ environment: spec.name, provider: 'docker-subset', state, platformState, image });
    },

    async exec(spec, request, context) {
      const there = await look(context, spec);
      const isHere = [undefined, nameOf(spec)].includes(request.instance);
      if (isHere && there?.owned && there.data.status === 'running') return run(context, there.data.id, request);
      throw there?.owned ? errors.asleep(spec.name) : errors.absent(spec.name);
    },
  });
