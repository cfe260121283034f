import type { Thing } from '../../src/reference/platform.js';
import { of, planning, type Bend, type BrokenProviders } from './bend.js';

/** Leaves a machine behind after a build to which nothing has happened; what comes after one that was cut short is another case's. */
const leavesBuilder: Bend = ({ apply }, platform) => {
  let begun = 0;
  return {
    async apply(change, context) {
      const isBuild = change.resource.type === 'image';
      if (isBuild) begun += 1;
      const result = await apply(change, context);
      const { name } = context.spec;
      if (isBuild && begun === 1) (platform.things as Thing[]).push({ ...leftOver, environment: name, mark: name });
      return result;
    },
  };
};

const leftOver: Omit<Thing, 'environment' | 'mark'> = {
  id: 'left',
  type: 'builder',
  name: 'left',
  settings: {},
  power: null,
  createdAt: '2026-01-01T00:00:00.000Z',
};

export const brokenBuilds: BrokenProviders = {
  'builds: an image is built once, what runs is that image, and nothing of the build is left': {
    'it is built at every deploy': planning((planned, { spec, intent }) => {
      const tag = spec.buildFromSource?.resolved?.tag;
      const isPlanned = planned.changes.some(({ action }) => action === 'prepare');
      if (intent !== 'deploy' || tag === undefined || isPlanned) return planned;
      const again = {
        id: `image:${tag}:build`,
        action: 'prepare' as const,
        resource: { type: 'image', name: tag },
        title: 'build it again',
        differences: [],
        impact: ['in-place' as const],
        monthlyCostDelta: 0,
        dependsOn: [],
        payload: { commit: '0', reference: 'x:y' },
      };
      return { ...planned, changes: [...planned.changes, again] };
    }),
    'the builder stays': leavesBuilder,
    'the digest is not told': ({ apply }) => ({
      async apply(change, context) {
        const done = await apply(change, context);
        if (change.resource.type !== 'image') return done;
        // What follows in this run still finds it.
        const { digest, ...rest } = done.result;
        return { ...done, result: { ...rest, reference: done.result['reference'] ?? '', sha: digest ?? '' } };
      },
    }),
    'the observation does not know it': ({ builds }) => ({ builds: { ...of(builds), digest: () => null } }),
  },
  'builds: one that was cut short leaves nothing behind once the next one has ended': planning((planned) => ({
    ...planned,
    changes: planned.changes.filter(({ resource }) => resource.type !== 'builder'),
  })),
};
