import { of, type BrokenProviders } from './bend.js';

export const brokenSecrets: BrokenProviders = {
  'secrets: one that is set apart from a deploy is inside, and a deploy leaves it alone': {
    'a deploy takes it back': ({ plan }) => ({
      plan(request, observation) {
        const apart = observation.resources.find(({ data }) => 'apart' in ((data?.['settings'] ?? {}) as object));
        const planned = plan(request, observation);
        if (request.intent !== 'deploy' || apart === undefined) return planned;
        const change = {
          id: `${apart.id}:delete`,
          action: 'delete' as const,
          resource: { type: apart.type, name: apart.name },
          title: 'tidy up',
          differences: [],
          impact: ['in-place' as const],
          monthlyCostDelta: null,
          dependsOn: [],
          payload: {},
        };
        return { ...planned, changes: [...planned.changes, change] };
      },
    }),
    'none is listed': ({ secrets }) => ({
      secrets: {
        ...of(secrets),
        async list(spec, request, context) {
          const listed = await of(secrets).list(spec, request, context);
          return listed.filter(({ state }) => state === 'staged');
        },
      },
    }),
    'a removal is for nothing': ({ apply }) => ({
      apply: async (change, context) =>
        'take' in change.payload ? { status: 'applied', result: {} } : apply(change, context),
    }),
  },
  'secrets: a staged one is not inside before it is deployed': ({ plan }) => ({
    plan: (request, observation) =>
      plan(request.intent === 'secrets.set' ? { ...request, stage: false } : request, observation),
  }),
};
