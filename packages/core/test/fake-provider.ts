import type { EnvironmentSpec } from '../src/model/spec.js';
import type { Change } from '../src/model/plan.js';
import { defineProvider } from '../src/provider/define-provider.js';
import type { Observation } from '../src/model/observation.js';
import type { ApplyContext, ApplyResult, Provider } from '../src/provider/contract.js';

export function change(id: string, extra: Partial<Change> = {}): Change {
  return {
    id,
    action: 'create',
    resource: { type: 'thing', name: id },
    title: `create ${id}`,
    differences: [],
    impact: [],
    monthlyCostDelta: null,
    dependsOn: [],
    payload: {},
    ...extra,
  };
}

export function spec(extra: Partial<EnvironmentSpec> = {}): EnvironmentSpec {
  return {
    name: 'demo',
    provider: 'fake',
    image: null,
    resources: { memoryMb: null, cpus: null, gpu: null },
    workspace: { sizeGb: null, path: null },
    extensions: { profile: null, active: [], additional: [], autoInstall: true },
    secrets: [],
    options: {},
    origins: {},
    baseDir: '/nowhere',
    ...extra,
  };
}

export interface FakeWorld {
  things: Set<string>;
  calls: string[];
}

/** Keeps things in a set; the wanted ones are `a` and `b`, where `b` needs `a`. */
export function fakeProvider(world: FakeWorld, overrides: Partial<Provider> = {}): Provider {
  const wanted = ['a', 'b'];
  return defineProvider({
    name: 'fake',
    apiVersion: 1,
    title: 'Fake',
    capabilities: [],
    optionsSchema: { type: 'object', additionalProperties: false, properties: {} },
    async check() {
      world.calls.push('check');
      return { items: [] };
    },
    async observe(spec): Promise<Observation> {
      world.calls.push('observe');
      return {
        environment: spec.name,
        provider: 'fake',
        observedAt: '2026-01-01T00:00:00.000Z',
        resources: wanted.map((name) => ({
          id: name,
          type: 'thing',
          name,
          status: world.things.has(name) ? 'present' : 'absent',
        })),
        facts: {},
      };
    },
    plan({ intent }, observation) {
      const there = (name: string) => observation.resources.find((item) => item.id === name)?.status === 'present';
      const changes =
        intent === 'deploy'
          ? wanted
              .filter((name) => !there(name))
              .map((name) => change(name, { dependsOn: name === 'b' && !there('a') ? ['a'] : [] }))
          : wanted
              .filter(there)
              .map((name) => change(`${name}:delete`, { action: 'delete', resource: { type: 'thing', name } }));
      return { changes, notes: [], cost: null };
    },
    async apply(change: Change, _context: ApplyContext): Promise<ApplyResult> {
      world.calls.push(`apply ${change.id}`);
      if (change.action === 'delete') world.things.delete(change.resource.name);
      else world.things.add(change.resource.name);
      return { status: 'applied', result: { name: change.resource.name } };
    },
    summarize(spec, observation) {
      return {
        environment: spec.name,
        provider: 'fake',
        state: observation.resources.some(({ status }) => status === 'present') ? 'running' : 'absent',
        platformState: null,
        image: null,
        region: null,
        addresses: [],
        timestamps: { createdAt: null, startedAt: null, stoppedAt: null, updatedAt: null },
        resources: { memoryMb: null, cpus: null, volumeGb: null },
        cost: null,
        idleBehaviour: null,
        details: {},
      };
    },
    ...overrides,
  });
}

export function emptyWorld(): FakeWorld {
  return { things: new Set(), calls: [] };
}
