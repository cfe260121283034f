import { canonicalJson, type Change, type ProviderPlan } from '@sindri/core';
import { REFERENCE_IMAGES } from '../../src/reference/images.js';
import { planning, type Bend, type BrokenProviders } from './bend.js';

/** Spoils the first change of a plan that has any. */
function spoilFirst(plan: ProviderPlan, spoil: (change: Change) => Partial<Change>): ProviderPlan {
  return {
    ...plan,
    changes: plan.changes.map((change, index) => (index === 0 ? { ...change, ...spoil(change) } : change)),
  };
}

const FIRST_MACHINE = {
  image: REFERENCE_IMAGES.usual,
  memoryMb: 1024,
  cpus: 1,
  greeting: 'hello',
  zone: 'here',
};

/** A provider that does not see that one field of its machine should be another. */
function ignoring(field: string): Bend {
  return planning((planned, { intent }) => ({
    ...planned,
    changes: planned.changes.filter(
      ({ differences }) => intent !== 'deploy' || differences.every((difference) => difference.field !== field),
    ),
  }));
}

/** Providers made so far: the hidden state that one of them has. */
let made = 0;

export const brokenPlanning: BrokenProviders = {
  'plan: is pure': ({ plan }) => ({
    plan(...args) {
      const planned = plan(...args);
      return Date.now() > 0 ? planned : { ...planned, notes: [] };
    },
  }),
  'plan: equal inputs give an equal plan': ({ plan }) => {
    const number = ++made;
    return { plan: (...args) => spoilFirst(plan(...args), ({ payload }) => ({ payload: { ...payload, number } })) };
  },
  'plan: two looks at an unchanged world give the same plan': ({ plan }) => ({
    plan: (request, observation) =>
      spoilFirst(plan(request, observation), ({ payload }) => ({
        payload: { ...payload, at: observation.observedAt },
      })),
  }),
  'plan: is JSON': ({ plan }) => ({
    plan: (...args) =>
      spoilFirst(plan(...args), ({ payload }) => ({
        payload: { ...payload, since: new Date(0) as unknown as string },
      })),
  }),
  'plan: ids are unique, and dependencies exist and make no circle': ({ plan }) => ({
    plan: (...args) => spoilFirst(plan(...args), () => ({ dependsOn: ['network:create'] })),
  }),
  'plan: every change can be shown to people': ({ plan }) => ({
    plan: (...args) => spoilFirst(plan(...args), () => ({ title: '' })),
  }),
  'plan: what could not be observed is never created': ({ plan }) => ({
    plan: (request, observation) =>
      plan(request, {
        ...observation,
        resources: observation.resources.map((item) =>
          item.status === 'unobserved' ? { ...item, status: 'absent' } : item,
        ),
      }),
  }),
  'plan: what could not be observed is never deleted': ({ plan }) => ({
    plan: (request, observation) =>
      plan(request, {
        ...observation,
        resources: observation.resources.map((item) =>
          item.status === 'unobserved' && request.intent === 'destroy'
            ? { ...item, status: 'present', owned: true, data: {} }
            : item,
        ),
      }),
  }),
  'plan: a changed config plans the difference, and apply brings it about': {
    'an option is ignored': ignoring('greeting'),
    'the memory is ignored': ignoring('memoryMb'),
    'the size of the volume is ignored': ({ plan }) => ({
      plan(request, seen) {
        const planned = plan(request, seen);
        const changes = planned.changes.filter(({ id }) => id !== 'volume:home:update');
        return request.intent === 'deploy' ? { ...planned, changes } : planned;
      },
    }),
    'what cannot be changed in place is ignored': ignoring('zone'),
    'the summary tells the old size': ({ summarize }) => ({
      summarize(...args) {
        const summary = summarize(...args);
        const { resources } = summary;
        return { ...summary, resources: { ...resources, memoryMb: resources.memoryMb && 1024 } };
      },
    }),
  },
  'apply: after a deploy there is nothing left to do': ({ plan }) => ({
    plan(request, observation) {
      const planned = plan(request, observation);
      const find = (wanted: string) => observation.resources.find(({ type }) => type === wanted);
      const machine = find('machine');
      // Only over what the first deploy of a case leaves, as other cases look at other plans.
      const first =
        canonicalJson(machine?.data?.['settings'] ?? null) === canonicalJson(FIRST_MACHINE) &&
        canonicalJson(find('volume')?.data?.['settings'] ?? null) === canonicalJson({ sizeGb: 10 }) &&
        canonicalJson(find('secret')?.data?.['settings'] ?? null) === canonicalJson({ fingerprint: '7d0f6a2c' }) &&
        machine?.data?.['power'] === 'running' &&
        planned.changes.length === 0;
      if (request.intent !== 'deploy' || !first) return planned;
      const touch: Change = {
        id: 'machine:main:touch',
        action: 'update',
        resource: { type: 'machine', name: 'main' },
        title: 'touch the machine',
        differences: [],
        impact: ['in-place'],
        monthlyCostDelta: null,
        dependsOn: [],
        payload: { settings: machine.data?.['settings'] ?? {} },
      };
      return { ...planned, changes: [...planned.changes, touch] };
    },
  }),
  'destroy: touches only what carries the mark': ({ plan }) => ({
    plan(request, observation) {
      if (request.intent === 'deploy') return plan(request, observation);
      return plan(request, {
        ...observation,
        resources: observation.resources.map((item) => ({ ...item, owned: true })),
      });
    },
  }),
  'destroy: what is kept stays': ({ plan }) => ({
    plan(request, observation) {
      if (request.intent !== 'destroy') return plan(request, observation);
      // That a volume stays is a case of its own.
      const keep = (request.keep ?? []).filter((type) => type === 'volume');
      return plan({ ...request, keep }, observation);
    },
  }),
};
