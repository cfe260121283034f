import type { EdgeAddress, EdgeHost, EdgeRoute } from './edge-host.js';
import type { ListenPlace } from './listeners.js';
import { loopbackAddress } from './loopback-address.js';

/** A public address and port, and the apps that are behind it: one, or several on a shared address. */
export interface EdgePlace extends ListenPlace {
  ip: string;
  shared: boolean;
  apps: string[];
}

/** Ports of one range that are opened; a machine that wants all 65535 is not worth as many sockets. */
const RANGE_LIMIT = 100;

/** Where the edge has to listen: every public address, on every service port of its app's machines. */
export function wantedPlaces(host: EdgeHost): EdgePlace[] {
  const places = new Map<string, EdgePlace>();
  for (const { ip, app, type } of host.addresses()) {
    const address = isPublic(type) ? loopbackAddress(ip) : null;
    if (address === null) continue;
    for (const port of servicePorts(host.routes(app))) {
      const key = `${address}:${port}`;
      const place = places.get(key) ?? { address, port, ip, shared: type === 'shared_v4', apps: [] };
      if (!place.apps.includes(app)) place.apps.push(app);
      places.set(key, place);
    }
  }
  return [...places.values()];
}

/** The routes of an app that serve a port. Cordoned machines get no traffic. */
export function routesTo(host: EdgeHost, app: string, port: number): EdgeRoute[] {
  return host
    .routes(app)
    .filter((route) => route.protocol === 'tcp' && !route.cordoned && route.ports.some((range) => covers(range, port)));
}

/** The handlers of a port; the first machine that serves it decides. */
export function handlersOf(host: EdgeHost, app: string, port: number): string[] {
  for (const route of host.routes(app)) {
    const range = route.protocol === 'tcp' ? route.ports.find((candidate) => covers(candidate, port)) : undefined;
    if (range) return range.handlers;
  }
  return [];
}

function servicePorts(routes: EdgeRoute[]): Set<number> {
  const ports = new Set<number>();
  for (const route of routes) {
    if (route.protocol !== 'tcp') continue;
    for (const { start, end } of route.ports) {
      const last = Math.min(end, start + RANGE_LIMIT - 1, 65535);
      for (let port = Math.max(start, 1); port <= last; port += 1) ports.add(port);
    }
  }
  return ports;
}

function covers(range: { start: number; end: number }, port: number): boolean {
  return range.start <= port && port <= range.end;
}

function isPublic(type: EdgeAddress['type']): boolean {
  return type !== 'private_v6';
}
