import type { EdgeRoute } from './edge-host.js';

/** What to do with a connection that has come for a port. */
export type Pick =
  | { kind: 'connect'; route: EdgeRoute }
  | { kind: 'wake'; route: EdgeRoute }
  /** A machine is between states; look again when something has changed. */
  | { kind: 'wait'; route: EdgeRoute }
  | { kind: 'none' };

const SLEEPING = new Set(['stopped', 'suspended']);
const ON_THE_WAY = new Set(['creating', 'created', 'starting', 'restarting', 'replacing', 'updating']);
const GOING_DOWN = new Set(['stopping', 'suspending']);

/**
 * Chooses a machine as Fly's proxy does: the least loaded running one below its soft limit; else one that may be woken; else the
 * least loaded of the running ones. `routes` are those that serve the port; `given up` ones have failed this connection before.
 */
export function pickMachine(
  routes: EdgeRoute[],
  state: { isUp(route: EdgeRoute): boolean; load(route: EdgeRoute): number; gaveUp(route: EdgeRoute): boolean },
): Pick {
  const possible = routes.filter((route) => !state.gaveUp(route));
  const up = possible.filter((route) => state.isUp(route)).sort((a, b) => state.load(a) - state.load(b));
  const free = up.find((route) => state.load(route) < route.softLimit);
  if (free) return { kind: 'connect', route: free };
  const sleeping = possible.find((route) => route.autostart && SLEEPING.has(route.state));
  if (sleeping) return { kind: 'wake', route: sleeping };
  if (up[0]) return { kind: 'connect', route: up[0] };
  const underway = possible.find(
    (route) => ON_THE_WAY.has(route.state) || (route.autostart && GOING_DOWN.has(route.state)),
  );
  return underway ? { kind: 'wait', route: underway } : { kind: 'none' };
}
