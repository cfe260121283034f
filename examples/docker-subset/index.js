'use strict';
const { makeChange, makeResource, makeSummary, SindriError } = require('@sindri/core');
const { call, run } = require('./engine.js');

const nameOf = ({ name }) => `sindri-${name}`;
const planOf = (...changes) => ({ changes, notes: [], cost: null });
const noSecrets = { severity: 'error', blocks: 'deploy', code: 'DOCKER_SUBSET_SECRETS', path: 'secrets' };
const refused = (code, message, hint) => new SindriError({ code, kind: 'refused', message, hint });

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
  if (made === null) throw refused('DOCKER_SUBSET_IMAGE', `There is no image ${image}.`, 'Pull it with `docker pull`.');
}

/** @type {import('@sindri/core').ProviderFactory} */
exports.createProvider = () => ({
  name: 'docker-subset',
  apiVersion: 1,
  title: 'Docker, a subset',
  capabilities: ['exec'],
  optionsSchema: { type: 'object', additionalProperties: false, properties: {} },
  sample: { image: 'ghcr.io/pacphi/sindri:3' },

  // Nothing takes secrets to an environment yet: refused is better than lost.
  validate: ({ secrets }) => secrets.map(({ name }) => ({ ...noSecrets, message: `${name} cannot be set yet.` })),

  async check(_request, context) {
    const item = { id: 'engine', title: 'Docker Engine', fix: 'Start Docker, or set DOCKER_HOST.' };
    return call(context, 'GET', '/version').then(
      ({ Version }) => ({ items: [{ ...item, status: 'ok', message: Version }] }),
      ({ message }) => ({ items: [{ ...item, status: 'failed', message }] }),
    );
  },

  async observe(spec, context) {
    const [seen] = await Promise.allSettled([look(context, spec)]);
    context.signal.throwIfAborted();
    const identity = { id: 'container', type: 'container', name: nameOf(spec) };
    const resources = [makeResource(identity, seen, (found) => found)];
    const observedAt = new Date(context.clock.now()).toISOString();
    return { environment: spec.name, provider: 'docker-subset', observedAt, resources, facts: {} };
  },

  plan({ spec, intent, keep = [] }, { resources: [{ name, status, owned, data }] }) {
    const image = spec.image?.reference;
    const resource = { type: 'container', name };
    const payload = { image: image ?? null, former: data?.id ?? null };
    const change = (action, impact, differences = []) => makeChange({ action, resource, impact, differences, payload });
    if (status === 'unobserved') return planOf();
    if (intent === 'destroy')
      return owned && !keep.includes('container') ? planOf(change('delete', ['data-loss'])) : planOf();
    if (status === 'absent') return planOf(change('create', ['in-place']));
    if (!owned) throw refused('DOCKER_SUBSET_TAKEN', `${name} is not ours.`, 'Choose another name.');
    if (data.image !== image)
      return planOf(change('replace', ['replace', 'data-loss'], [{ field: 'image', from: data.image, to: image }]));
    return data.status === 'running' ? planOf() : planOf(change('start', ['restart']));
  },

  async apply({ id, action, resource, payload: { image, former } }, context) {
    const { spec, clock, signal } = context;
    if (resource.name !== nameOf(spec)) throw refused('DOCKER_SUBSET_CHANGE', `"${id}" was never planned here.`);
    if (former && action !== 'start') await call(context, 'DELETE', `/containers/${former}?force=1&v=1`);
    if (action === 'delete') return { status: 'applied', result: {} };
    if (action !== 'start') await create(context, spec, image);
    await call(context, 'POST', `/containers/${nameOf(spec)}/start`);
    // What ends right after its start is no success.
    await clock.sleep(500, signal);
    if ((await look(context, spec))?.data.status === 'running') return { status: 'applied', result: {} };
    throw refused('DOCKER_SUBSET_CRASHED', 'The container ended right after its start.', 'See `docker logs`.');
  },

  summarize(spec, { resources: [{ status, owned, data }] }) {
    const { image, status: platformState } = owned ? data : { image: null, status: null };
    const there = platformState === 'running' ? 'running' : 'stopped';
    const state = status === 'unobserved' ? 'unknown' : owned ? there : 'absent';
    return makeSummary({ environment: spec.name, provider: 'docker-subset', state, platformState, image });
  },

  async exec(spec, request, context) {
    const there = await look(context, spec);
    const isHere = [undefined, nameOf(spec)].includes(request.instance);
    if (isHere && there?.owned && there.data.status === 'running') return run(context, there.data.id, request);
    throw refused('DOCKER_SUBSET_ABSENT', `${spec.name} does not run.`, 'Deploy it first.');
  },
});
