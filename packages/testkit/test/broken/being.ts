import type { Change, Provider } from '@sindri/core';
import { REFERENCE_IMAGES } from '../../src/reference/images.js';
import type { ReferencePlatform, Thing } from '../../src/reference/platform.js';
import { of, planning, type Bend, type BrokenProviders } from './bend.js';

function machineOf({ things }: ReferencePlatform): Thing | undefined {
  return things.find(({ type, mark }) => type === 'machine' && mark !== null);
}

function withoutMachine(changes: readonly Change[]): Change[] {
  return changes.filter(({ resource }) => resource.type !== 'machine');
}

/** Says that everything happens while the environment keeps running. */
function harmless(change: (item: Change) => boolean): Bend {
  return planning((planned, { intent }) => ({
    ...planned,
    // What a restore says is a case of its own.
    changes: planned.changes.map((item) =>
      change(item) && intent !== 'snapshot.restore' ? { ...item, impact: ['in-place'] } : item,
    ),
  }));
}

/** Does something behind the provider's back once an update has been applied. */
function afterUpdate(spoil: (platform: ReferencePlatform, change: Change, powerBefore: Thing['power']) => void): Bend {
  return ({ apply }: Provider, platform) => ({
    async apply(change, context) {
      const before = machineOf(platform)?.power ?? null;
      const result = await apply(change, context);
      if (change.action === 'update' || change.action === 'replace') spoil(platform, change, before);
      return result;
    },
  });
}

export const brokenBeing: BrokenProviders = {
  'sample: the provider accepts what config init writes for it': ({ validate }) => ({
    validate: (spec) =>
      spec.options['greeting'] === 'welcome'
        ? [{ severity: 'error', code: 'REFERENCE_RUDE', message: 'no', path: 'providers.reference.greeting' }]
        : of(validate)(spec),
    sample: { options: { greeting: 'welcome' } },
  }),
  'sample: what config init writes can be deployed': ({ apply, sample }) => ({
    async apply(change, context) {
      if (context.spec.options['greeting'] === of(sample).options?.['greeting']) throw new Error('not a word of this');
      return apply(change, context);
    },
  }),
  'deploy: what sleeps and matches stays asleep': planning((planned, { intent }, { resources }) => {
    const machine = resources.find(({ type }) => type === 'machine');
    const asleep = ['stopped', 'suspended'].includes(String(machine?.data?.['power']));
    if (intent !== 'deploy' || !asleep || planned.changes.length > 0) return planned;
    const start: Change = {
      id: 'machine:main:start',
      action: 'start',
      resource: { type: 'machine', name: 'main' },
      title: 'start machine main',
      differences: [],
      impact: ['in-place'],
      monthlyCostDelta: null,
      dependsOn: [],
      payload: {},
    };
    return { ...planned, changes: [start] };
  }),
  'deploy: a change wakes what sleeps': afterUpdate((platform, { resource }, before) => {
    const machine = machineOf(platform);
    const slept = before === 'stopped' || before === 'suspended';
    if (slept && machine !== undefined && resource.type === 'machine') machine.power = before;
  }),
  'deploy: what ends right after its start is no success': {
    'the crash is not noticed': ({ apply }) => ({
      async apply(change, context) {
        try {
          return await apply(change, context);
        } catch (error) {
          if ((error as { code?: string }).code !== 'REFERENCE_CRASHED') throw error;
          return { status: 'applied', result: {} };
        }
      },
    }),
    'the summary calls it running': ({ summarize }) => ({
      summarize(...args) {
        const summary = summarize(...args);
        return summary.state === 'failed' ? { ...summary, state: 'running' } : summary;
      },
    }),
  },
  'deploy: what has crashed is repaired': planning((planned, { intent }, { resources }) => {
    const failed = resources.some(({ data }) => data?.['power'] === 'failed');
    return intent === 'deploy' && failed ? { ...planned, changes: withoutMachine(planned.changes) } : planned;
  }),
  'image: another one is planned, and runs': {
    'it is ignored': planning((planned) => ({
      ...planned,
      changes: planned.changes.filter(
        ({ differences }) => !differences.some(({ field, to }) => field === 'image' && to === REFERENCE_IMAGES.other),
      ),
    })),
    'it is planned, and the first one runs': ({ plan, apply }) => ({
      plan: (request, seen) =>
        plan(request, {
          ...seen,
          resources: seen.resources.map((item) => {
            const settings = item.data?.['settings'] as Thing['settings'] | undefined;
            if (settings?.['asked'] === undefined) return item;
            return { ...item, data: { ...item.data, settings: { ...settings, image: settings['asked'] } } };
          }),
        }),
      async apply(change, context) {
        const settings = change.payload['settings'] as Thing['settings'] | undefined;
        if (settings?.['image'] !== REFERENCE_IMAGES.other) return apply(change, context);
        const other = { ...settings, image: REFERENCE_IMAGES.usual, asked: REFERENCE_IMAGES.other };
        return apply({ ...change, payload: { settings: other } }, context);
      },
    }),
  },
  'image: one that does not exist is refused': ({ apply }) => ({
    apply(change, context) {
      const settings = change.payload['settings'] as Thing['settings'] | undefined;
      if (settings?.['image'] !== REFERENCE_IMAGES.missing) return apply(change, context);
      return apply({ ...change, payload: { settings: { ...settings, image: REFERENCE_IMAGES.usual } } }, context);
    },
  }),
  'summarize: the image is one that could be asked for': {
    nonsense: ({ summarize }) => ({
      summarize(...args) {
        const summary = summarize(...args);
        return { ...summary, image: summary.image && `the image called ${summary.image}` };
      },
    }),
    'the image of somebody else': ({ summarize }) => ({
      summarize(...args) {
        const summary = summarize(...args);
        return { ...summary, image: summary.image?.replace('reference/', 'registry.example/not-') ?? null };
      },
    }),
  },
  'impact: an update says what it does to what runs': {
    'a restart happens in place': harmless(({ impact }) => impact.includes('restart')),
    'a replacement happens in place': harmless(({ impact }) => impact.includes('replace')),
    'a replacement is called a restart': planning((planned) => ({
      ...planned,
      changes: planned.changes.map((item) =>
        item.impact.includes('replace') ? { ...item, impact: ['restart'] } : item,
      ),
    })),
  },
  'impact: what deletes data says so': harmless(({ impact }) => impact.includes('data-loss')),
  'volumes: an extension makes the volume larger, and lasts': {
    'it is never made larger': ({ apply, cost }) => {
      // What a larger one costs is a case of its own.
      let isBilled = false;
      return {
        async cost(spec, context) {
          isBilled = true;
          return of(cost)(spec, context);
        },
        async apply(change, context) {
          const grows = change.resource.type === 'volume' && change.action === 'update';
          const changed = context.spec.workspace.sizeGb === 10 && !isBilled;
          return grows && changed ? { status: 'applied', result: {} } : apply(change, context);
        },
      };
    },
    'a deploy takes it back': planning((planned, { intent }, { resources }) => {
      const volume = resources.find(({ type }) => type === 'volume');
      const { sizeGb = 0 } = (volume?.data?.['settings'] ?? {}) as { sizeGb?: number };
      // Only an extension leads to this size.
      if (intent !== 'deploy' || sizeGb !== 15) return planned;
      const shrink: Change = {
        id: 'volume:home:update',
        action: 'update',
        resource: { type: 'volume', name: 'home' },
        title: 'shrink volume home',
        differences: [{ field: 'sizeGb', from: 15, to: 10 }],
        impact: ['data-loss'],
        monthlyCostDelta: null,
        dependsOn: [],
        payload: { settings: { sizeGb: 10 } },
      };
      return { ...planned, changes: [shrink] };
    }),
  },
  'volumes: a smaller size is refused': ({ plan }) => ({
    plan(request, seen) {
      if (request.intent !== 'volume.extend' || request.sizeGb >= 10) return plan(request, seen);
      return { changes: [], notes: [], cost: null };
    },
  }),
  'errors: what was hidden is in no data': ({ observe, summarize }) => ({
    async observe(spec, context, request) {
      context.hide('made-up-key-4711');
      return observe(spec, context, request);
    },
    summarize(...args) {
      const summary = summarize(...args);
      return { ...summary, details: { ...summary.details, key: 'made-up-key-4711' } };
    },
  }),
};
