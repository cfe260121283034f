import type { OperationContext, TunnelPeer, TunnelPeers } from '@sindri/core';
import { callOf } from './client.js';
import type { ReferencePlatform } from './platform.js';

/** Who is let into the private network of the account, whatever environment is asked about. */
export function createTunnelPeers(platform: ReferencePlatform): TunnelPeers {
  return {
    async list(_spec, context: OperationContext): Promise<TunnelPeer[]> {
      return platform.read(callOf('GET /peers', context), () => platform.peers);
    },
    async remove(_spec, name, context) {
      await platform.write(callOf(`DELETE /peers/${name}`, context), () => {
        const index = platform.peers.findIndex((peer) => peer.name === name);
        if (index >= 0) platform.peers.splice(index, 1);
      });
    },
  };
}
