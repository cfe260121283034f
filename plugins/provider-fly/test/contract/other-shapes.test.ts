import { fastClock } from '../support/context';
import { startAlteringFly, type PassingAnswer } from '../support/altering-fly';
import { createWorkplace, nothing, quickstart, type OpenOptions, type Workplace } from '../support/workplace';

const clock = fastClock(40);
type Json = Record<string, unknown>;

const isMachine = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && 'image_ref' in value && 'state' in value;
/** As opposed to a map, whose names are people's own. */
const isThing = (one: Json): boolean => ['id', 'ip', 'code', 'guest', 'path', 'ok'].some((name) => name in one);
/** `change` at every object within, the innermost first. */
function everywhere(value: unknown, change: (one: Json) => unknown): unknown {
  if (Array.isArray(value)) return value.map((one) => everywhere(one, change));
  if (typeof value !== 'object' || value === null) return value;
  return change(Object.fromEntries(Object.entries(value).map(([name, one]) => [name, everywhere(one, change)])));
}
/** `change` at the list that an answer is, or has under the name of what is listed. */
function listed({ method, path, body }: PassingAnswer, change: (list: unknown[]) => unknown[]): unknown {
  if (method !== 'GET') return body;
  if (Array.isArray(body)) return change(body);
  const name = { ip_assignments: 'ips', secrets: 'secrets' }[path.split('/').at(-1) ?? ''];
  const list = name === undefined ? undefined : (body as Json)[name];
  return Array.isArray(list) ? { ...(body as Json), [name as string]: change(list) } : body;
}
const without =
  (...names: string[]) =>
  (one: Json): Json =>
    Object.fromEntries(Object.entries(one).filter(([name]) => !names.includes(name)));
const isWriteOfMachine = ({ method, path }: PassingAnswer): boolean =>
  method === 'POST' && /\/machines(\/\w+)?$/.test(path);

/** What a published schema allows, and no recording rules out. */
const shapes: [string, (answer: PassingAnswer) => unknown][] = [
  [
    'lists in another order',
    (answer) =>
      everywhere(
        listed(answer, (list) => list.toReversed()),
        (one) => one,
      ),
  ],
  [
    'events oldest first',
    ({ body }) =>
      everywhere(body, (one) => (Array.isArray(one.events) ? { ...one, events: one.events.toReversed() } : one)),
  ],
  ['everything in a list twice', (answer) => listed(answer, (list) => [...list, ...list])],
  [
    'members that nobody knows',
    ({ body }) => everywhere(body, (one) => (isThing(one) ? { ...one, brand_new: { deep: [null, 1] } } : one)),
  ],
  [
    'version in place of instance_id',
    ({ body }) =>
      everywhere(body, (one) => {
        const { instance_id: version, ...rest } = one;
        return isMachine(one) ? { ...rest, version } : one;
      }),
  ],
  [
    'a machine that is made or changed without its config and events',
    (answer) =>
      isWriteOfMachine(answer) ? without('config', 'events', 'image_ref')(answer.body as Json) : answer.body,
  ],
  ['no times', ({ body }) => everywhere(body, without('created_at', 'updated_at'))],
  ['no events', ({ body }) => everywhere(body, (one) => (isMachine(one) ? { ...one, events: null } : one))],
  ['no host_status and no cordoned', ({ body }) => everywhere(body, without('host_status', 'cordoned'))],
  [
    'null where something is empty',
    ({ body }) =>
      everywhere(body, (one) =>
        Object.fromEntries(
          Object.entries(one).map(([name, value]) => [
            name,
            value === '' || (Array.isArray(value) && value.length === 0 && name !== 'data') ? null : value,
          ]),
        ),
      ),
  ],
  [
    'writes that answer ok and nothing more',
    ({ method, path, body }) =>
      method === 'DELETE' || /\/(start|stop|suspend|restart|metadata)$/.test(path) ? { ok: true } : body,
  ],
];

/** A whole life, so that each conclusion is drawn once. */
it.each(shapes)('a life behind a Fly that has %s', async (_title, alter) => {
  const workplace = await createWorkplace();
  const fly = await startAlteringFly(workplace.emulator.url, alter);
  const env = { FLY_FLAPS_BASE_URL: fly.url };
  const options: OpenOptions = { clock, env };
  const apply = async (asked: object, more: OpenOptions = {}): Promise<void> => {
    const environment = await workplace.open({ ...options, ...more });
    await environment.apply(await environment.plan(asked as never), { consent: true });
  };
  const quiet = async (config = quickstart): Promise<void> =>
    expect((await workplace.plan({ ...options, config })).changes.map(({ title }) => title)).toEqual([]);
  const count = async (expected: object): Promise<void> => expect(alive(workplace)).toEqual(expected);
  try {
    await apply({});
    await quiet();
    await apply({ intent: 'secrets.set', set: ['A'], unset: [], secretValues: { A: 'x' } });
    await quiet();
    const smaller = quickstart.replace('4GB', '2GB');
    await apply({}, { config: smaller });
    await quiet(smaller);
    const environment = await workplace.open({ ...options, config: smaller });
    await environment.suspend();
    expect((await environment.status()).state).toBe('suspended');
    await environment.start();
    await environment.stop();
    await environment.start();
    expect((await environment.exec({ command: ['echo', 'here'] })).stdout).toBe('here\n');
    await apply({ intent: 'snapshot.create' }, { config: smaller });
    const [snapshot] = await environment.snapshots();
    await apply({ intent: 'snapshot.restore', snapshot: snapshot?.id }, { config: smaller });
    await count({ machines: 1, volumes: 2 });
    await quiet(smaller);
    const two = `${smaller}    highAvailability: true\n`;
    await apply({}, { config: two });
    await quiet(two);
    await count({ machines: 2, volumes: 3 });
    await apply({ intent: 'destroy' }, { config: two });
    expect(workplace.alive()).toEqual(nothing);
  } finally {
    await fly.stop();
    await workplace.remove();
  }
});

function alive(workplace: Workplace): object {
  const { machines, volumes } = workplace.alive();
  return { machines, volumes };
}
