import type { Change, PlanRequest } from '@sindri/core';
import type { ReferencePlatform, Thing } from '../../src/reference/platform.js';
import { of, planning, type Bend, type BrokenProviders } from './bend.js';

function machineOf({ things }: ReferencePlatform): Thing | undefined {
  return things.find(({ type, mark }) => type === 'machine' && mark !== null);
}

function removeThings(platform: ReferencePlatform, goes: (thing: Thing) => boolean): void {
  const things = platform.things as Thing[];
  things.splice(0, things.length, ...things.filter((thing) => !goes(thing)));
}

/** Does something behind the provider's back once a change of a snapshot intent has been applied. */
function after(
  what: 'snapshotOf' | 'restores',
  spoil: (platform: ReferencePlatform, powerBefore: Thing['power']) => void,
): Bend {
  return ({ apply }, platform) => ({
    async apply(change, context) {
      const before = machineOf(platform)?.power ?? null;
      const result = await apply(change, context);
      if (what in change.payload) spoil(platform, before);
      return result;
    },
  });
}

function deletion(type: 'volume' | 'snapshot', name: string): Change {
  return {
    id: `${type}:${name}:delete`,
    action: 'delete',
    resource: { type, name },
    title: `delete ${type} ${name}`,
    differences: [],
    impact: ['data-loss'],
    monthlyCostDelta: null,
    dependsOn: [],
    payload: {},
  };
}

function wants({ intent }: PlanRequest, name: PlanRequest['intent']): boolean {
  return intent === name;
}

export const brokenSnapshots: BrokenProviders = {
  'snapshots: each one that was taken is listed, newest first': {
    'the oldest comes first': ({ snapshots }) => ({
      snapshots: {
        ...of(snapshots),
        list: async (spec, context) => (await of(snapshots).list(spec, context)).reverse(),
      },
    }),
    'a deploy deletes them': planning((planned, request, { resources }) => {
      const taken = resources.filter(({ type }) => type === 'snapshot');
      if (!wants(request, 'deploy') || taken.length !== 2) return planned;
      return { ...planned, changes: [...planned.changes, ...taken.map(({ name }) => deletion('snapshot', name))] };
    }),
    'an id has several words': ({ snapshots, plan }) => ({
      snapshots: {
        ...of(snapshots),
        list: async (spec, context) =>
          (await of(snapshots).list(spec, context)).map((item) => ({ ...item, id: `the ${item.id}` })),
      },
      plan: (request, seen) =>
        plan('snapshot' in request ? { ...request, snapshot: request.snapshot.slice('the '.length) } : request, seen),
    }),
  },
  'snapshots: to take one does not stop what runs': after('snapshotOf', (platform) => {
    platform.inside.killAll(machineOf(platform)?.id ?? '');
  }),
  'snapshots: to list them changes nothing, and wakes nothing': ({ snapshots, power }) => ({
    snapshots: {
      ...of(snapshots),
      async list(spec, context) {
        await of(power).start(spec, context);
        return of(snapshots).list(spec, context);
      },
    },
  }),
  'snapshots: a restore brings back what was there, in an environment that runs': {
    'it brings back nothing': after('restores', ({ things, inside }, power) => {
      const volumes = things.filter(({ type }) => type === 'volume');
      const [used, replaced] = [
        volumes.find(({ name }) => name === 'home'),
        volumes.find(({ name }) => name !== 'home'),
      ];
      if (used === undefined || replaced === undefined || power !== 'running') return;
      for (const [path, content] of inside.files(replaced.id)) inside.files(used.id).set(path, content);
    }),
    'it leaves the machine stopped': after('restores', (platform) => {
      const machine = machineOf(platform);
      if (machine !== undefined) machine.power = 'stopped';
    }),
    'it says that nothing is ended': planning((planned, request) => ({
      ...planned,
      changes: planned.changes.map((item) =>
        wants(request, 'snapshot.restore') ? { ...item, impact: ['in-place'] } : item,
      ),
    })),
  },
  'snapshots: a restore keeps the volume that was used, and the summary tells it': {
    'it deletes it': after('restores', (platform) => {
      removeThings(platform, ({ type, name }) => type === 'volume' && name !== 'home');
    }),
    'the summary does not know it': ({ summarize }) => ({
      summarize(...args) {
        const { kept, ...summary } = summarize(...args);
        return summary.state === 'absent' && kept !== undefined ? { ...summary, kept } : summary;
      },
    }),
    'the next deploy deletes it': planning((planned, request, { resources }) => {
      const left = resources.filter(({ type, name }) => type === 'volume' && name !== 'home');
      if (!wants(request, 'deploy') || planned.changes.length === 0) return planned;
      return { ...planned, changes: [...planned.changes, ...left.map(({ name }) => deletion('volume', name))] };
    }),
  },
  'snapshots: a restore leaves a sleeping environment asleep': {
    'it starts it': after('restores', (platform, power) => {
      const machine = machineOf(platform);
      if (machine !== undefined && power !== 'running') machine.power = 'running';
    }),
    'the next start uses the old volume': after('restores', ({ things }, power) => {
      const volumes = things.filter(({ type }) => type === 'volume') as Thing[];
      const [used, replaced] = [
        volumes.find(({ name }) => name === 'home'),
        volumes.find(({ name }) => name !== 'home'),
      ];
      if (used === undefined || replaced === undefined || power === 'running') return;
      [used.name, replaced.name] = [replaced.name, used.name];
    }),
  },
  'snapshots: one that there is not is refused, and nothing happens': ({ plan }) => ({
    plan(request, seen) {
      const isUnknown = request.intent === 'snapshot.restore' && request.snapshot.startsWith('conformance-');
      return isUnknown ? { changes: [], notes: [], cost: null } : plan(request, seen);
    },
  }),
  'snapshots: one that was deleted is gone, the others are not': {
    'it stays': ({ apply }) => ({
      apply: async (change, context) =>
        change.action === 'delete' && change.resource.type === 'snapshot'
          ? { status: 'applied', result: {} }
          : apply(change, context),
    }),
    'all go': ({ apply }, platform) => ({
      async apply(change, context) {
        const result = await apply(change, context);
        const isOne = change.action === 'delete' && change.resource.type === 'snapshot';
        if (isOne) removeThings(platform, ({ type }) => type === 'snapshot');
        return result;
      },
    }),
    'a second time it fails': ({ apply }, platform) => ({
      async apply(change, context) {
        const isOne = change.action === 'delete' && change.resource.type === 'snapshot';
        const isThere = platform.things.some(({ name, type }) => type === 'snapshot' && name === change.resource.name);
        if (isOne && !isThere) throw new Error('404');
        return apply(change, context);
      },
    }),
  },
  'snapshots: a destroy takes the volume that a restore has left': planning((planned, request) => ({
    ...planned,
    changes: planned.changes.filter(
      ({ resource: { type, name } }) => !wants(request, 'destroy') || type !== 'volume' || name === 'home',
    ),
  })),
  'volumes: where the summary tells them, each has an id of its own, and one is used': {
    'nothing uses the one with the workspace': ({ summarize }) => ({
      summarize(...args) {
        const { volumes = [], ...summary } = summarize(...args);
        // The others, of a restore, are another case's.
        return { ...summary, volumes: volumes.map((one) => (volumes.length > 1 ? one : { ...one, usedBy: null })) };
      },
    }),
    'an id has several words': ({ summarize }) => ({
      summarize(...args) {
        const { volumes = [], ...summary } = summarize(...args);
        return { ...summary, volumes: volumes.map((one) => ({ ...one, id: `volume ${one.id}` })) };
      },
    }),
  },
  'volumes: one that is used is never deleted': ({ plan }) => ({
    plan(request, seen) {
      const isUsed = request.intent === 'volume.delete' && request.volume === 'home';
      return isUsed ? { changes: [deletion('volume', 'home')], notes: [], cost: null } : plan(request, seen);
    },
  }),
  'volumes: what a restore has left can be deleted, by the words of the summary': {
    'it is not deleted': planning((planned, request) =>
      wants(request, 'volume.delete') ? { ...planned, changes: [] } : planned,
    ),
    'nobody is told its name': ({ summarize }) => ({
      summarize(...args) {
        const { kept, ...summary } = summarize(...args);
        return kept === undefined ? summary : { ...summary, kept: kept.map(() => 'an old volume') };
      },
    }),
  },
};
