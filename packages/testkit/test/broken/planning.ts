import type { Change, ProviderPlan } from '@sindri/core';
import type { BrokenProviders } from './bend.js';

/** Spoils the first change of a plan that has any. */
function spoilFirst(plan: ProviderPlan, spoil: (change: Change) => Partial<Change>): ProviderPlan {
  return {
    ...plan,
    changes: plan.changes.map((change, index) => (index === 0 ? { ...change, ...spoil(change) } : change)),
  };
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
  'plan: a changed config plans the difference, and apply brings it about': ({ plan }) => ({
    plan(...args) {
      const planned = plan(...args);
      return { ...planned, changes: planned.changes.filter(({ action }) => action !== 'update') };
    },
  }),
  'apply: after a deploy there is nothing left to do': ({ plan }) => ({
    plan(request, observation) {
      const planned = plan(request, observation);
      const machine = observation.resources.find(({ type, status }) => type === 'machine' && status === 'present');
      const unchanged = request.spec.options['greeting'] === 'hello';
      if (request.intent !== 'deploy' || machine?.owned !== true || !unchanged) return planned;
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
    plan: (request, observation) => plan({ ...request, keep: [] } as typeof request, observation),
  }),
};
