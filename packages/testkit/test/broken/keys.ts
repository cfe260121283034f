import { of, type BrokenProviders } from './bend.js';

export const brokenKeys: BrokenProviders = {
  'plan: an unchanged deploy is nothing to do for somebody else': ({ observe, plan }) => ({
    async observe(spec, context, request) {
      return {
        ...(await observe(spec, context, request)),
        facts: { isElsewhere: context.stateDir.includes('somebody') },
      };
    },
    plan(request, observation) {
      const planned = plan(request, observation);
      if (request.intent !== 'deploy' || observation.facts['isElsewhere'] !== true) return planned;
      const change = {
        id: 'keys:add',
        action: 'update' as const,
        resource: { type: 'keys', name: 'main' },
        title: 'add your key',
        differences: [],
        impact: ['restart' as const],
        monthlyCostDelta: null,
        dependsOn: [],
        payload: {},
      };
      return { ...planned, changes: [...planned.changes, change] };
    },
  }),
  'keys: an admitted key is listed, and a deploy leaves it alone': {
    'none is listed': ({ keys }) => ({ keys: { ...of(keys), list: async () => [] } }),
    'only the next start': ({ keys }) => ({
      keys: {
        ...of(keys),
        list: async (spec, context) =>
          (await of(keys).list(spec, context)).map((key) => ({ ...key, where: ['next-start' as const] })),
      },
    }),
  },
  'keys: a removed key is gone': ({ apply }) => ({
    apply: async (change, context) =>
      change.id.endsWith(':remove') ? { status: 'applied', result: {} } : apply(change, context),
  }),
};
