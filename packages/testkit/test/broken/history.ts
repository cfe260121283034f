import {
  SindriError,
  type CostReport,
  type EnvironmentListing,
  type ListedEnvironment,
  type PastEvent,
  type Provider,
} from '@sindri/core';
import { of, type Bend, type BrokenProviders } from './bend.js';

/** Changes what is told of the past. */
function telling(change: (events: PastEvent[]) => PastEvent[]): Bend {
  return (provider) => ({
    events: async (spec, request, context) => change(await of(provider.events)(spec, request, context)),
  });
}

/** Changes the list of environments. */
function listing(change: (listed: EnvironmentListing) => EnvironmentListing): Bend {
  return (provider) => ({ environments: async (context) => change(await of(provider.environments)(context)) });
}

/** Changes the bill of what is there. */
function billing(change: (bill: CostReport) => CostReport): Bend {
  return (provider) => ({
    async cost(spec, context) {
      const bill = await of(provider.cost)(spec, context);
      return bill.of === 'deployed' ? change(bill) : bill;
    },
  });
}

function onEach(change: (item: ListedEnvironment) => Partial<ListedEnvironment>): Bend {
  return listing((listed) => ({
    ...listed,
    environments: listed.environments.map((item) => ({ ...item, ...change(item) })),
  }));
}

export const brokenHistory: BrokenProviders = {
  'events: a deploy is told, oldest first': {
    'the newest comes first': telling((events) =>
      events.some(({ kind }) => kind === 'stopped') ? events : [...events].reverse(),
    ),
    'nothing was ever created': telling((events) => events.filter(({ kind }) => kind !== 'created')),
    'a time is a number': telling((events) => events.map((event) => ({ ...event, at: String(Date.parse(event.at)) }))),
    'a message is a sentence': telling((events) => events.map((event) => ({ ...event, message: `${event.message}.` }))),
  },
  'events: going to sleep and waking up are told': {
    'a stop is something else': telling((events) =>
      events.map((event) => (event.kind === 'stopped' ? { ...event, kind: 'other' } : event)),
    ),
    'a start is not told': telling((events) => events.filter(({ kind }) => kind !== 'started')),
  },
  'events: tail limits them to the newest': {
    'it is ignored': (provider) => ({
      events: (spec, { tail: _ignored, ...request }, context) => of(provider.events)(spec, request, context),
    }),
    'it keeps the oldest': (provider) => ({
      events: async (spec, { tail, ...request }, context) =>
        (await of(provider.events)(spec, request, context)).slice(0, tail),
    }),
  },
  'events: since leaves out what is older, and nothing else': {
    'it is ignored': (provider) => ({
      events: (spec, { sinceMs: _ignored, ...request }, context) => of(provider.events)(spec, request, context),
    }),
    'it leaves out the moment itself': (provider) => ({
      events: (spec, { sinceMs, ...request }, context) =>
        of(provider.events)(spec, { ...request, ...(sinceMs === undefined ? {} : { sinceMs: sinceMs + 1 }) }, context),
    }),
  },
  'events: to read them changes nothing, and wakes nothing': (provider) => ({
    async events(spec, request, context) {
      await of(provider.power).start(spec, context);
      return of(provider.events)(spec, request, context);
    },
  }),
  'regions: are listed once each, the nearest first, and to ask changes nothing': {
    'the farthest first': (provider) => ({
      regions: async (context) => (await of(provider.regions)(context)).toReversed(),
    }),
    'one twice': (provider) => ({
      async regions(context) {
        const listed = await of(provider.regions)(context);
        return [...listed.slice(0, 1), ...listed];
      },
    }),
    none: () => ({ regions: async () => [] }),
  },
  'tunnelPeers: to list them changes nothing, and each has a name of its own': {
    'one twice': ({ tunnelPeers }) => ({
      tunnelPeers: {
        ...of(tunnelPeers),
        list: async (...request) => (await of(tunnelPeers).list(...request)).flatMap((peer) => [peer, peer]),
      },
    }),
    'keyless with a key': ({ tunnelPeers }) => ({
      tunnelPeers: {
        ...of(tunnelPeers),
        list: async (...request) =>
          (await of(tunnelPeers).list(...request)).map((peer) => ({ ...peer, keyFile: '/reference/peer.json' })),
      },
    }),
  },
  'tunnelPeers: one that was removed is gone, alone, and to remove it again is a success': {
    'it is still there': ({ tunnelPeers }) => ({
      tunnelPeers: { ...of(tunnelPeers), remove: async () => undefined },
    }),
    'all are': ({ tunnelPeers }, platform) => ({
      tunnelPeers: { ...of(tunnelPeers), remove: async () => void platform.peers.splice(0) },
    }),
    'the second time is refused': ({ tunnelPeers }, platform) => ({
      tunnelPeers: {
        ...of(tunnelPeers),
        async remove(spec, name, context) {
          if (platform.peers.every((peer) => peer.name !== name)) {
            throw new SindriError({ code: 'REFERENCE_NO_PEER', kind: 'refused', message: 'No such peer.' });
          }
          return of(tunnelPeers).remove(spec, name, context);
        },
      },
    }),
  },
  'cost: first the bill of a deploy, then of what is there, and again after a destroy': {
    'it is always that of the config': billing((bill) => ({ ...bill, of: 'config' })),
    'another sum than the plan': (provider, platform) => ({
      async cost(spec, context) {
        const bill = await of(provider.cost)(spec, context);
        return platform.things.length > 0 ? bill : { ...bill, monthlyRunning: bill.monthlyRunning + 1 };
      },
    }),
  },
  'cost: the lines add up, and say what they are': {
    'a line is missing': billing((bill) => ({ ...bill, items: bill.items.slice(1) })),
    'nobody knows what for': billing((bill) => ({
      ...bill,
      items: bill.items.map((item) => ({ ...item, title: '' })),
    })),
    'prices of no day': billing((bill) => ({ ...bill, pricesAsOf: null })),
  },
  'cost: a larger volume costs what its plan said': (provider, platform) => ({
    async cost(spec, context) {
      const bill = await of(provider.cost)(spec, context);
      const isLarger = platform.things.some(({ settings }) => Number(settings['sizeGb']) > 10);
      if (!isLarger) return bill;
      const items = bill.items.map((item) => ({ ...item, monthly: item.monthly / 2 }));
      return { ...bill, items, monthlyRunning: bill.monthlyRunning / 2 };
    },
    summarize: (spec, seen) => ({ ...provider.summarize(spec, seen), cost: null }),
  }),
  'cost: to ask changes nothing, and wakes nothing': (provider) => ({
    async cost(spec, context) {
      const bill = await of(provider.cost)(spec, context);
      if (bill.of === 'deployed') await of(provider.power).start(spec, context);
      return bill;
    },
  }),
  'environments: what was deployed is listed, and gone after a destroy': {
    'what is gone is remembered': (provider: Provider, platform) => {
      const remembered = new Map<string, ListedEnvironment>();
      return {
        async environments(context) {
          const listed = await of(provider.environments)(context);
          for (const item of listed.environments) remembered.set(item.name, item);
          if (platform.things.length > 0) return listed;
          return { ...listed, environments: [...remembered.values()] };
        },
      };
    },
    'its state is another': onEach(({ state }) => ({ state: state === 'running' ? 'creating' : state })),
  },
  'environments: also another one is listed, each once and by name': {
    'one is enough': listing((listed) => ({ ...listed, environments: listed.environments.slice(0, 1) })),
    'in another order': listing((listed) => ({ ...listed, environments: [...listed.environments].reverse() })),
    'each twice': listing((listed) => ({
      ...listed,
      environments: listed.environments.flatMap((item) => [item, item]),
    })),
    'without what the platform calls it': onEach(() => ({ platformName: '' })),
  },
  'environments: what carries no mark is not listed': (provider, platform) => ({
    async environments(context) {
      const listed = await of(provider.environments)(context);
      const theirs = platform.things.filter(({ mark }) => mark === null).map(({ environment }) => environment);
      const [template] = listed.environments;
      const made = [...new Set(theirs)].map((name) => ({
        ...(template ?? { state: 'running' as const, region: null, monthlyCost: null, owner: null, createdAt: null }),
        name,
        platformName: name,
        resources: { memoryMb: null, cpus: null, volumeGb: null },
        orphans: [],
      }));
      return { ...listed, environments: [...listed.environments, ...made] };
    },
  }),
  'environments: to list them changes nothing, and wakes nothing': (provider, platform) => ({
    async environments(context) {
      const listed = await of(provider.environments)(context);
      const call = { description: 'POST /wake', token: platform.token, signal: context.signal };
      const sleeps = platform.things.some(({ power }) => power === 'stopped');
      if (sleeps) await platform.write(call, (things) => things.forEach((thing) => (thing.power &&= 'running')));
      return listed;
    },
  }),
  'environments: what cannot be read is told': (provider) => ({
    environments: (context) => of(provider.environments)(context).catch(() => ({ environments: [], unobserved: [] })),
  }),
};
