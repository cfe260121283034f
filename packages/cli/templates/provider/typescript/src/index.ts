import path from 'node:path';
import type { Change, EnvironmentSpec, ObservedResource, Provider, ProviderPlan, ProviderV1 } from '@sindri/core';
import { failure, read, remove, write } from './platform.js';

/** The shapes of our own data: no method below needs a cast. */
interface MyPlatform {
  options: { place?: string; note: string };
  data: { note: string };
  facts: Record<string, never>;
  payload: { note: string };
  result: Record<string, never>;
}
type MyChange = Change<MyPlatform['payload']>;
type Seen = Pick<ObservedResource<MyPlatform['data']>, 'status' | 'owned' | 'data' | 'reason'>;
type Env = Readonly<Record<string, string | undefined>>;

const planOf = (...changes: MyChange[]): ProviderPlan<MyPlatform['payload']> => ({ changes, notes: [], cost: null });

function placeOf({ options }: EnvironmentSpec<MyPlatform['options']>, { HOME }: Env): string {
  const place = options.place ?? (HOME && path.join(HOME, 'my-platform'));
  if (place) return path.resolve(place);
  throw failure('MY_PLATFORM_NO_PLACE', 'usage', 'HOME is not set.', 'Set HOME, or providers.my-platform.place.');
}

async function look(place: string, name: string): Promise<Seen> {
  try {
    const settings = await read(place, name);
    if (settings === null) return { status: 'absent' };
    return { status: 'present', owned: settings.mark === 'sindri', data: { note: settings.note } };
  } catch (error) {
    // Not "absent": what is absent gets created.
    return { status: 'unobserved', reason: (error as Error).message };
  }
}

const provider: ProviderV1<MyPlatform> = {
  name: 'my-platform',
  apiVersion: 1,
  title: 'My Platform',
  // Each capability is one more member. `sindri provider verify my-platform` tells what is not declared yet.
  capabilities: [],
  optionsSchema: {
    type: 'object',
    additionalProperties: false,
    properties: {
      place: { type: 'string', description: 'The directory of all environments. Default: ~/my-platform' },
      note: { type: 'string', default: 'hello', description: 'What an environment has written down.' },
    },
  },
  // What `sindri config init -p my-platform` writes: images and sizes mean nothing here yet.
  sample: { options: { note: 'hello' } },

  // Nothing takes them to an environment yet: refused is better than lost.
  validate: ({ secrets }) =>
    secrets.map(({ name }) => ({
      severity: 'error',
      code: 'MY_PLATFORM_SECRETS',
      message: `My Platform cannot set the secret ${name} yet.`,
      path: 'secrets',
      blocks: 'deploy',
    })),

  async check(_request, { env }) {
    const item = { id: 'home', title: 'Home directory', message: `HOME is ${env['HOME'] ?? 'not set'}` };
    if (env['HOME']) return { items: [{ ...item, status: 'ok' }] };
    return { items: [{ ...item, status: 'failed', fix: 'Set HOME, or providers.my-platform.place.' }] };
  },

  async observe(spec, { signal, env, clock }) {
    signal.throwIfAborted();
    const seen = await look(placeOf(spec, env), spec.name);
    signal.throwIfAborted();
    const observedAt = new Date(clock.now()).toISOString();
    const resources = [{ id: 'environment', type: 'environment', name: spec.name, ...seen }];
    return { environment: spec.name, provider: 'my-platform', observedAt, resources, facts: {} };
  },

  plan(request, { resources: [there] }) {
    const { spec, intent } = request;
    const { note } = spec.options;
    const change = (
      action: MyChange['action'],
      impact: MyChange['impact'],
      differences: MyChange['differences'] = [],
    ): MyChange => ({
      id: `environment:${action}`,
      action,
      resource: { type: 'environment', name: spec.name },
      title: `${action} the environment ${spec.name}`,
      differences,
      impact,
      monthlyCostDelta: 0,
      dependsOn: [],
      payload: { note },
    });
    if (there === undefined || there.status === 'unobserved') return planOf();
    if (intent === 'destroy') {
      const goes = there.status === 'present' && there.owned && !request.keep?.includes('environment');
      return goes ? planOf(change('delete', ['data-loss'])) : planOf();
    }
    if (there.status === 'absent') return planOf(change('create', ['in-place']));
    if (!there.owned)
      throw failure('MY_PLATFORM_TAKEN', 'refused', `${spec.name} is not ours.`, 'Choose another name.');
    const from = there.data?.note ?? null;
    return from === note ? planOf() : planOf(change('update', ['in-place'], [{ field: 'note', from, to: note }]));
  },

  async apply({ id, payload }, { spec, signal, env }) {
    signal.throwIfAborted();
    const place = placeOf(spec, env);
    if (id === 'environment:delete') await remove(place, spec.name);
    else if (id === 'environment:create' || id === 'environment:update')
      await write(place, spec.name, { mark: 'sindri', ...payload });
    else throw failure('MY_PLATFORM_CHANGE_UNKNOWN', 'internal', `This provider never planned "${id}".`);
    return { status: 'applied', result: {} };
  },

  summarize: (spec, { resources: [there] }) => ({
    environment: spec.name,
    provider: 'my-platform',
    state: there?.owned ? 'running' : there?.status === 'unobserved' ? 'unknown' : 'absent',
    platformState: null,
    image: null,
    region: null,
    addresses: [],
    timestamps: { createdAt: null, startedAt: null, stoppedAt: null, updatedAt: null },
    resources: { memoryMb: null, cpus: null, volumeGb: null },
    cost: null,
    idleBehaviour: null,
    details: {},
  }),
};

/** Core knows nothing of our shapes. */
export const createProvider = (): Provider => ({ ...provider }) as unknown as Provider;
