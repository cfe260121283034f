import type { EdgeAddress, EdgeHost, EdgeRoute } from '../../src/edge/edge-host.js';
import { createPlaceIndex } from '../../src/edge/place-index.js';
import { createRandom } from '../../src/random.js';

const routeOf = (machineId: string, port: number, handlers: string[]): EdgeRoute => ({
  machineId,
  region: 'iad',
  state: 'started',
  cordoned: false,
  protocol: 'tcp',
  internalPort: 1,
  ports: [{ start: port, end: port, handlers }],
  autostop: 'off',
  autostart: true,
  minMachinesRunning: 0,
  softLimit: 1,
});

test('told of one change after another, it knows what a look at everything finds', () => {
  const random = createRandom(7);
  const pick = (count: number): number => Math.floor(random() * count);
  const routes = new Map<string, EdgeRoute[]>();
  let addresses: EdgeAddress[] = [];
  const host = {
    addresses: () => addresses,
    addressesOf: (app: string) => addresses.filter((address) => address.app === app),
    routes: (app: string) => [...routes].flatMap(([id, own]) => (id.startsWith(app) ? own : [])),
    machineRoutes: (_app: string, id: string) => routes.get(id) ?? [],
  } as unknown as EdgeHost;
  const index = createPlaceIndex(host);
  const known = new Map<string, unknown>();
  const show = (changes: ReturnType<typeof index.takeChanges>, into: Map<string, unknown>) => {
    for (const [key, place] of changes) {
      into.delete(key);
      if (place)
        into.set(key, { apps: [...place.apps].sort(), handlers: [...place.handlers()].sort(), shared: place.shared });
    }
    return into;
  };

  for (let step = 0; step < 600; step++) {
    const app = `app${pick(4)}-`;
    const machine = `${app}m${pick(3)}`;
    const kind = pick(5);
    if (kind === 0) addresses.push({ app, ip: '127.1.1.250', type: 'shared_v4' });
    else if (kind === 1) addresses.push({ app, ip: `127.1.1.${pick(9) + 1}`, type: 'v4' });
    else if (kind === 2) addresses = addresses.filter((address) => address.app !== app || pick(2) === 0);
    else if (kind === 3) routes.set(machine, [routeOf(machine, 8000 + pick(3), [])]);
    else routes.delete(machine);
    index.refresh(kind < 3 ? { app } : { app, machine });

    const fresh = createPlaceIndex(host);
    fresh.refresh(null);
    const expected = show(fresh.takeChanges(), new Map());
    expect(new Map([...show(index.takeChanges(), known)].sort())).toEqual(new Map([...expected].sort()));
  }
});
