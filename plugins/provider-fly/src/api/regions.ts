import type { Send } from './send.js';
import type { WireRegion, WireRegionsReply } from './types.js';

export interface RegionsApi {
  /** Needs no token. */
  list(): Promise<WireRegion[]>;
}

export function regionsApi(send: Send): RegionsApi {
  return {
    async list() {
      const reply = await send<WireRegionsReply>('listRegions', { params: {} });
      return reply.Regions ?? reply.regions ?? [];
    },
  };
}
