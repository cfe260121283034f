import type { EdgeAddress, EdgeChange, EdgeHost, EdgeRoute } from './edge-host.js';
import type { ListenPlace } from './listeners.js';
import { loopbackAddress } from './loopback-address.js';

/** A public address and port, and the apps that are behind it: one, or several on a shared address. */
export interface EdgePlace extends ListenPlace {
  ip: string;
  shared: boolean;
  apps: Set<string>;
  /** Handlers of the port, of all these apps. */
  handlers(): Set<string>;
}

/** Where the edge has to listen: every public address, on every service port of its app's machines. */
export interface PlaceIndex {
  /** Looks again at what has changed, and at nothing else; `null` = at everything. */
  refresh(change: EdgeChange | null): void;
  /** Places to be (`null`: no more), by `address:port`, as far as they concern what was refreshed since this was last asked. */
  takeChanges(): Map<string, EdgePlace | null>;
}

/** Ports of one range that are opened; a machine that wants all 65535 is not worth as many sockets. */
const RANGE_LIMIT = 100;

interface KnownApp {
  addresses: EdgeAddress[];
  /** Ports of each machine. */
  machines: Map<string, Map<number, string[]>>;
  /** How many machines serve a port, and its handlers as the last of them told. */
  ports: Map<number, { machines: number; handlers: string[] }>;
  places: Set<string>;
}

export function createPlaceIndex(host: EdgeHost): PlaceIndex {
  const apps = new Map<string, KnownApp>();
  const places = new Map<string, EdgePlace & { forgetHandlers(): void }>();
  let touched = new Set<string>();

  const newPlace = (address: string, port: number, { ip, type }: EdgeAddress) => {
    let known: Set<string> | null = null;
    const own = new Set<string>();
    return {
      address,
      port,
      ip,
      shared: type === 'shared_v4',
      apps: own,
      handlers: () => (known ??= new Set([...own].flatMap((app) => apps.get(app)?.ports.get(port)?.handlers ?? []))),
      forgetHandlers: () => void (known = null),
    };
  };

  const setMachine = (app: KnownApp, id: string, routes: EdgeRoute[]): void => {
    for (const port of app.machines.get(id)?.keys() ?? []) {
      const served = app.ports.get(port);
      if (served && --served.machines === 0) app.ports.delete(port);
    }
    const ports = servicePorts(routes);
    if (ports.size === 0) app.machines.delete(id);
    else app.machines.set(id, ports);
    for (const [port, handlers] of ports) {
      app.ports.set(port, { machines: (app.ports.get(port)?.machines ?? 0) + 1, handlers });
    }
  };

  const setPlaces = (name: string, app: KnownApp): void => {
    const now = new Set<string>();
    for (const given of app.addresses) {
      const address = given.type === 'private_v6' ? null : loopbackAddress(given.ip);
      if (address === null) continue;
      for (const port of app.ports.keys()) {
        const key = `${address}:${port}`;
        now.add(key);
        const place = places.get(key) ?? newPlace(address, port, given);
        place.apps.add(name);
        place.forgetHandlers();
        places.set(key, place);
      }
    }
    for (const key of app.places) {
      touched.add(key);
      if (now.has(key)) continue;
      const place = places.get(key);
      place?.apps.delete(name);
      place?.forgetHandlers();
      if (place?.apps.size === 0) places.delete(key);
    }
    for (const key of now) touched.add(key);
    app.places = now;
  };

  /** Looks at every machine of an app; where it is listened for now stays. */
  const readApp = (name: string): KnownApp => {
    const places = apps.get(name)?.places ?? new Set();
    const app: KnownApp = { addresses: [], machines: new Map(), ports: new Map(), places };
    for (const [id, routes] of groupBy(host.routes(name), ({ machineId }) => machineId)) setMachine(app, id, routes);
    apps.set(name, app);
    return app;
  };

  const setAddresses = (name: string, app: KnownApp, addresses: EdgeAddress[]): void => {
    app.addresses = addresses;
    setPlaces(name, app);
    if (addresses.length === 0 && app.machines.size === 0) apps.delete(name);
  };

  const refreshAll = (): void => {
    const addresses = groupBy(host.addresses(), ({ app }) => app);
    for (const name of new Set([...addresses.keys(), ...apps.keys()])) {
      setAddresses(name, readApp(name), addresses.get(name) ?? []);
    }
  };

  const refreshApp = ({ app: name, machine }: EdgeChange): void => {
    const app = apps.get(name) ?? readApp(name);
    if (machine !== undefined) setMachine(app, machine, host.machineRoutes(name, machine));
    setAddresses(name, app, host.addressesOf(name));
  };

  return {
    refresh(change) {
      if (change === null) refreshAll();
      else refreshApp(change);
    },
    takeChanges() {
      const changes = new Map([...touched].map((key) => [key, places.get(key) ?? null]));
      touched = new Set();
      return changes;
    },
  };
}

/** The TCP ports of a machine's services, with their handlers; the first service that has a port decides. */
function servicePorts(routes: EdgeRoute[]): Map<number, string[]> {
  const ports = new Map<number, string[]>();
  for (const route of routes) {
    if (route.protocol !== 'tcp') continue;
    for (const { start, end, handlers } of route.ports) {
      const last = Math.min(end, start + RANGE_LIMIT - 1, 65535);
      for (let port = Math.max(start, 1); port <= last; port += 1) if (!ports.has(port)) ports.set(port, handlers);
    }
  }
  return ports;
}

function groupBy<T>(list: T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of list) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}
