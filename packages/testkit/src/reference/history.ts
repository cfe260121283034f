import type {
  EnvironmentListing,
  EnvironmentSpec,
  EventsRequest,
  ListedEnvironment,
  OperationContext,
  PastEvent,
} from '@sindri/core';
import { callOf, listThings, requireInstance } from './client.js';
import type { ReferencePlatform, Thing } from './platform.js';

/** Every environment of the account that carries our mark. */
export async function listEnvironments(
  platform: ReferencePlatform,
  context: OperationContext,
): Promise<EnvironmentListing> {
  const things = await platform.read(callOf('GET /things', context), (all) =>
    all.filter(({ mark, environment }) => mark === environment),
  );
  const names = [...new Set(things.map(({ environment }) => environment))].sort();
  return { environments: names.map((name) => toListed(name, things)), unobserved: [] };
}

/** What happened to one environment, oldest first. */
export async function listEvents(
  platform: ReferencePlatform,
  spec: EnvironmentSpec,
  { sinceMs = 0, tail, instance }: EventsRequest,
  context: OperationContext,
): Promise<PastEvent[]> {
  requireInstance(instance === undefined ? {} : { instance });
  await listThings(platform, spec, context);
  const recent = platform.eventsOf(spec.name).filter(({ at }) => Date.parse(at) >= sinceMs);
  return tail === undefined ? recent : recent.slice(recent.length - Math.min(tail, recent.length));
}

function toListed(name: string, things: readonly Thing[]): ListedEnvironment {
  const ours = things.filter(({ environment }) => environment === name);
  const machine = ours.find(({ type }) => type === 'machine');
  const volumes = ours.filter(({ type }) => type === 'volume');
  const settings = machine?.settings ?? {};
  return {
    name,
    platformName: `${name}/${machine?.name ?? 'nothing'}`,
    state: machine?.power ?? 'absent',
    region: null,
    resources: {
      memoryMb: (settings['memoryMb'] as number | undefined) ?? null,
      cpus: (settings['cpus'] as number | undefined) ?? null,
      volumeGb:
        volumes.length === 0 ? null : volumes.reduce((sum, volume) => sum + Number(volume.settings['sizeGb']), 0),
    },
    monthlyCost: null,
    owner: null,
    createdAt: ours.map(({ createdAt }) => createdAt).sort()[0] ?? null,
    orphans: machine === undefined ? volumes.map((volume) => `volume ${volume.name} without a machine`) : [],
  };
}
