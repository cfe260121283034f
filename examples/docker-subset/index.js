'use strict';
const { call, failure, pull, run } = require('./platform.js');

const planOf = (...changes) => ({ changes, notes: [], cost: null });
const nameOf = ({ name }) => `sindri-${name}`;
const wantedOf = ({ image, resources }) => ({ image: image?.reference ?? '', memoryMb: resources.memoryMb });
const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

/** What of a container counts; `null` when there is none. What it was made from stands in a label. */
async function look(context, spec) {
  const wire = await call(context, 'GET', `/containers/${nameOf(spec)}/json`);
  if (wire === null) return null;
  const { 'sindri.environment': mark, 'sindri.wanted': wanted } = wire.Config.Labels ?? {};
  const data = { id: wire.Id, status: wire.State.Status, wanted: JSON.parse(wanted ?? 'null') };
  return { owned: mark === spec.name, data };
}

/** @type {import('@sindri/core').ProviderFactory} */
exports.createProvider = () => ({
  name: 'docker-subset',
  apiVersion: 1,
  title: 'Docker, a subset',
  capabilities: ['exec'],
  optionsSchema: { type: 'object', additionalProperties: false, properties: {} },
  sample: { image: 'debian:12', memory: '1GB' },

  // Nothing takes them to an environment yet: refused is better than lost.
  validate: ({ secrets, image }) => [
    ...secrets.map(({ name }) => problem('DOCKER_SUBSET_SECRETS', `The secret ${name} cannot be set yet.`, 'secrets')),
    ...(image ? [] : [problem('DOCKER_SUBSET_IMAGE', 'An image must be named.', 'deployment.image')]),
  ],

  async check(_request, context) {
    const item = { id: 'engine', title: 'Docker Engine' };
    return call(context, 'GET', '/version').then(
      ({ Version }) => ({ items: [{ ...item, status: 'ok', message: Version }] }),
      ({ message }) => ({ items: [{ ...item, status: 'failed', message, fix: 'Start Docker, or set DOCKER_HOST.' }] }),
    );
  },

  async observe(spec, context) {
    const seen = await look(context, spec).then(
      (found) => (found === null ? { status: 'absent' } : { status: 'present', ...found }),
      // Not "absent": what is absent gets created.
      (error) => ({ status: 'unobserved', reason: error.message }),
    );
    context.signal.throwIfAborted();
    const resources = [{ id: 'container', type: 'container', name: nameOf(spec), ...seen }];
    const observedAt = new Date(context.clock.now()).toISOString();
    return { environment: spec.name, provider: 'docker-subset', observedAt, resources, facts: {} };
  },

  plan({ spec, intent }, { resources: [{ name, status, owned, data }] }) {
    const wanted = wantedOf(spec);
    const change = (action, impact, differences = []) => ({
      id: `container:${action}`,
      action,
      resource: { type: 'container', name },
      title: `${action} the container ${name}`,
      differences,
      impact,
      monthlyCostDelta: 0,
      dependsOn: [],
      payload: { wanted, ...(data ? { id: data.id } : {}) },
    });
    if (status === 'unobserved') return planOf();
    if (intent === 'destroy') return owned ? planOf(change('delete', ['data-loss'])) : planOf();
    if (status === 'absent') return planOf(change('create', ['in-place']));
    if (!owned) throw failure('DOCKER_SUBSET_TAKEN', 'refused', `${name} is not ours.`, 'Choose another name.');
    const fields = Object.keys(wanted).filter((field) => data.wanted?.[field] !== wanted[field]);
    const differences = fields.map((field) => ({ field, from: data.wanted?.[field] ?? null, to: wanted[field] }));
    if (fields.length > 0) return planOf(change('replace', ['replace', 'data-loss'], differences));
    return data.status === 'running' ? planOf() : planOf(change('start', ['restart']));
  },

  async apply({ action, payload: { wanted, id } }, context) {
    const { spec, clock, signal } = context;
    const path = `/containers/${nameOf(spec)}`;
    const remove = (which) => call(context, 'DELETE', `/containers/${which}?force=1&v=1`);
    if (!['create', 'replace', 'start', 'delete'].includes(action) || !wanted)
      throw failure('DOCKER_SUBSET_UNKNOWN', 'internal', `This provider never planned "${action}".`);
    if (action === 'delete') await remove(id);
    if (action === 'delete') return { status: 'applied', result: {} };
    if (action !== 'start' && (await call(context, 'GET', `/images/${wanted.image}/json`)) === null)
      await pull(context, wanted.image);
    if (action === 'replace') await remove(id);
    if (action !== 'start') {
      const Labels = { 'sindri.environment': spec.name, 'sindri.wanted': JSON.stringify(wanted) };
      const body = { Image: wanted.image, Labels, HostConfig: { Memory: (wanted.memoryMb ?? 0) * 1024 ** 2 } };
      // The name is the mutex: whoever comes second finds what is there.
      await call(context, 'POST', `/containers/create?name=${nameOf(spec)}`, body).catch(async (error) => {
        const there = await look(context, spec);
        if (!there?.owned || !same(there.data.wanted, wanted)) throw error;
      });
    }
    await call(context, 'POST', `${path}/start`);
    await clock.sleep(500, signal);
    if ((await look(context, spec))?.data.status === 'running') return { status: 'applied', result: {} };
    throw failure('DOCKER_SUBSET_CRASHED', 'refused', 'The container has ended right after its start.');
  },

  summarize: (spec, { resources: [{ status, owned, data }] }) => ({
    environment: spec.name,
    provider: 'docker-subset',
    state: status === 'unobserved' ? 'unknown' : !owned ? 'absent' : data.status === 'running' ? 'running' : 'stopped',
    platformState: data?.status ?? null,
    image: data?.wanted?.image ?? null,
    region: null,
    addresses: [],
    timestamps: { createdAt: null, startedAt: null, stoppedAt: null, updatedAt: null },
    resources: { memoryMb: data?.wanted?.memoryMb ?? null, cpus: null, volumeGb: null },
    cost: null,
    idleBehaviour: null,
    details: {},
  }),

  async exec(spec, request, context) {
    const there = await look(context, spec);
    if (there?.owned && there.data.status === 'running') return run(context, there.data.id, request);
    throw failure('DOCKER_SUBSET_ABSENT', 'refused', `${spec.name} does not run.`, 'Deploy it first.');
  },
});

function problem(code, message, path) {
  return { severity: 'error', code, message, path, blocks: 'deploy' };
}
