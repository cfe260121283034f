import type { EdgeHost, EdgeRoute } from './edge-host.js';

/** The routes of an app that serve a port. Cordoned machines get no traffic. */
export function routesTo(host: EdgeHost, app: string, port: number): EdgeRoute[] {
  return host
    .routes(app)
    .filter((route) => route.protocol === 'tcp' && !route.cordoned && route.ports.some((range) => covers(range, port)));
}

function covers(range: { start: number; end: number }, port: number): boolean {
  return range.start <= port && port <= range.end;
}
