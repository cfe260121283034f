import type { Send } from './send.js';
import type { WirePlacementsReply, WireRegion, WireRegionsReply } from './types.js';

export interface RegionsApi {
  /** Needs no token. */
  list(): Promise<WireRegion[]>;
  /** The same, with the one that is nearest to this computer, as Fly guesses it; `null` when it does not say. Needs no token. */
  listFromHere(): Promise<{ all: WireRegion[]; nearest: string | null }>;
  /** Those of `codes` in which a machine of usual size finds room, when one is spread to each; in no order. */
  withRoom(organization: string, codes: readonly string[]): Promise<string[]>;
}

/** What a config that names no size gets. */
const USUAL_COMPUTE = { cpu_kind: 'shared', cpus: 2, memory_mb: 2048 };

export function regionsApi(send: Send): RegionsApi {
  const ask = (): Promise<WireRegionsReply> => send<WireRegionsReply>('listRegions', { params: {} });
  return {
    async list() {
      const reply = await ask();
      return reply.Regions ?? reply.regions ?? [];
    },
    async listFromHere() {
      const reply = await ask();
      return { all: reply.Regions ?? reply.regions ?? [], nearest: reply.Nearest ?? reply.nearest ?? null };
    },
    async withRoom(organization, codes) {
      const reply = await send<WirePlacementsReply>('listPlacements', {
        params: {},
        body: {
          org_slug: organization,
          region: codes.join(','),
          count: codes.length,
          compute: USUAL_COMPUTE,
          weights: { region: 1, spread: 100 },
        },
      });
      return (reply.Regions ?? reply.regions ?? []).flatMap(({ Region, region }) => Region ?? region ?? []);
    },
  };
}
