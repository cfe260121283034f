import type { FlyConnectionMethod } from './method.js';

/** SSH to the machine's private address, through WireGuard in this process: for networks that reach none of the app's addresses. */
export const proxy: FlyConnectionMethod = {
  name: 'proxy',
  title: "SSH through the organization's private network (WireGuard)",
  needs: 'UDP or HTTPS to Fly',
  // It makes a WireGuard peer.
  automaticAfterMs: 3_000,
  throughEdge: false,
  unavailable: () => null,
  open: ({ internalPort }, streams) => streams.openInside(internalPort),
  clientAddresses: () => [],
};
