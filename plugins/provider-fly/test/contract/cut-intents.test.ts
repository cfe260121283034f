import { isSindriError, type Environment, type Plan, type PlanOptions } from '@sindri/core';
import { fastClock } from '../support/context';
import { abortAfter } from '../support/request-matrix';
import { createWorkplace, quickstart, type OpenOptions, type Workplace } from '../support/workplace';

const clock = fastClock(40);
const key = (nth: number): string => {
  const blob = Buffer.alloc(51);
  blob.writeUInt32BE(11);
  blob.write('ssh-ed25519', 4);
  blob.writeUInt32BE(32, 15);
  blob.writeUInt32BE(nth, 19);
  return `ssh-ed25519 ${blob.toString('base64')}`;
};

/**
 * An act apart from a deploy, on one environment, again and again: `nth` makes each one another. A secret that is set is tried beside the other
 * tests of secrets, a restore and a second machine beside theirs.
 */
interface Act {
  title: string;
  /** Brings the environment to where it begins. Goes well. */
  prepare?(nth: number): Promise<unknown>;
  act(nth: number): Promise<PlanOptions>;
  done(nth: number): Promise<void>;
  /** Writes that it makes at least, leases included. */
  atLeast: number;
  /** Lost answers are tried by another act that sends the same. */
  isKilledOnly?: boolean;
  /** What is done once cannot be asked for again. */
  isOnce?: boolean;
}

let workplace: Workplace;
let environment: Environment;
const open = (options: OpenOptions = {}): Promise<Environment> => workplace.open({ clock, ...options });
const apply = async (options: PlanOptions, on = environment): Promise<unknown> =>
  on.apply(await on.plan(options), { consent: true });
const inside = async (name: string): Promise<string> =>
  (await environment.exec({ command: ['sh', '-c', `printf %s "$${name}"`] })).stdout;
const set = (name: string, value: string, stage = false): PlanOptions => ({
  intent: 'secrets.set',
  set: [name],
  unset: [],
  stage,
  secretValues: { [name]: value },
});
const unset = (name: string, stage = false): PlanOptions => ({ intent: 'secrets.set', set: [], unset: [name], stage });
const state = async (name: string): Promise<string | undefined> =>
  (await environment.secrets()).find((secret) => secret.name === name)?.state;
const volumes = () => workplace.emulator.inspect().volumes.filter((volume) => volume.state === 'created');
const fingerprints = async (): Promise<string[]> => (await environment.keys()).map(({ fingerprint }) => fingerprint);
const snapshots = async (): Promise<number> => (await environment.snapshots()).length;

let before: string[] = [];
let token = '';

const acts: Act[] = [
  {
    title: 'a secret that is removed',
    prepare: () => apply(set('GONE', 'x')),
    act: async () => unset('GONE'),
    done: async () => expect([await inside('GONE'), await state('GONE')]).toEqual(['', undefined]),
    isKilledOnly: true,
    atLeast: 4,
  },
  {
    title: 'a removal that is staged',
    prepare: async () => {
      await apply({ intent: 'secrets.deploy' });
      await apply(set('LATER', 'x'));
    },
    act: async () => unset('LATER', true),
    done: async () => expect([await inside('LATER'), await state('LATER')]).toEqual(['x', 'removed']),
    isKilledOnly: true,
    atLeast: 3,
  },
  {
    title: 'a deploy of secrets',
    prepare: (nth) => apply(set('STAGED', `value ${nth}`, true)),
    act: async () => ({ intent: 'secrets.deploy' }),
    done: async (nth) => expect([await inside('STAGED'), await state('STAGED')]).toEqual([`value ${nth}`, 'live']),
    isKilledOnly: true,
    atLeast: 3,
  },
  {
    title: 'a token of its own',
    prepare: async () => (token = await inside('FLY_API_TOKEN')),
    act: async () => ({ intent: 'secrets.protect', days: 30 }),
    async done() {
      const now = await inside('FLY_API_TOKEN');
      expect([now.startsWith('FlyV1 '), now === token, await state('FLY_API_TOKEN')]).toEqual([true, false, 'live']);
    },
    atLeast: 5,
  },
  {
    title: 'an extension of the volume',
    prepare: async () => (before = [String((volumes()[0]?.sizeGb ?? 0) + 1)]),
    act: async () => ({ intent: 'volume.extend', sizeGb: Number(before[0]) }),
    done: async () => expect(volumes().map(({ sizeGb }) => String(sizeGb))).toEqual(before),
    atLeast: 1,
  },
  {
    title: 'a volume that is deleted',
    async prepare() {
      const { url, token: authority } = workplace.emulator;
      const made = await fetch(`${url}/v1/apps/my-sindri-fly/volumes`, {
        method: 'POST',
        headers: { authorization: `Bearer ${authority}`, 'content-type': 'application/json' },
        body: JSON.stringify({ name: 'home_data', region: 'sjc', size_gb: 5 }),
      });
      before = [((await made.json()) as { id: string }).id];
    },
    act: async () => ({ intent: 'volume.delete', volume: before[0] ?? '' }),
    done: async () => expect(volumes().map(({ id }) => id)).not.toContain(before[0]),
    isOnce: true,
    atLeast: 1,
  },
  {
    title: 'a key that is admitted',
    prepare: async () => (before = await fingerprints()),
    act: async (nth) => ({ intent: 'key.admit', publicKey: key(nth), comment: 'them' }),
    async done() {
      const keys = await environment.keys();
      expect(keys.map(({ where }) => where)).toEqual(keys.map(() => ['now', 'next-start']));
      expect(keys).toHaveLength(before.length + 1);
    },
    atLeast: 3,
  },
  {
    title: 'a key that is removed',
    async prepare(nth) {
      before = await fingerprints();
      await apply({ intent: 'key.admit', publicKey: key(1_000 + nth), comment: 'them' });
    },
    act: async () => ({
      intent: 'key.remove',
      fingerprint: (await fingerprints()).find((one) => !before.includes(one)) ?? '',
    }),
    done: async () => expect(await fingerprints()).toEqual(before),
    atLeast: 3,
  },
  {
    title: 'a secret that leaves the config',
    prepare: async () => {
      const config = `${quickstart}secrets:\n  - {name: DECLARED, source: env}\n`;
      await workplace.deploy({ config, env: { DECLARED: 'x' }, clock });
      expect(await inside('DECLARED')).toBe('x');
    },
    act: async () => ({}),
    done: async () => expect([await inside('DECLARED'), await state('DECLARED')]).toEqual(['', undefined]),
    isKilledOnly: true,
    atLeast: 4,
  },
];

beforeAll(async () => {
  workplace = await createWorkplace();
  await workplace.deploy({ clock });
  environment = await open();
});
afterEach(() => workplace.emulator.faults.clear());
afterAll(() => workplace.remove());

let count = 0;

/** Reads are repeated by the one sender of requests, as its own tests show: here only what writes goes wrong. */
it.each(acts.filter(({ isKilledOnly = false }) => !isKilledOnly))(
  '$title is done in the same run where an answer to a write is lost, whichever it is',
  async ({ prepare, act, done, atLeast }) => {
    let tried = 0;
    for (const method of ['POST', 'PUT', 'DELETE']) {
      for (let nth = 1, struck = true; struck; nth++) {
        count += 1;
        await prepare?.(count);
        const options = await act(count);
        const { faults } = workplace.emulator;
        const id = faults.inject({ name: 'lost-answer', match: { method, nth }, times: 1 });
        await apply(options);
        struck = !faults.list().some((active) => active.id === id);
        faults.clear();
        await done(count);
        tried += struck ? 1 : 0;
      }
    }
    expect(tried).toBeGreaterThanOrEqual(atLeast);
  },
);

it.each(acts)(
  '$title goes on in the next run where it is killed, after whichever write',
  async ({ prepare, act, done, atLeast, isOnce = false }) => {
    let kills = 0;
    for (let nth = 1, cut = true; cut; nth++) {
      count += 1;
      await prepare?.(count);
      const options = await act(count);
      const { controller, off } = abortAfter(workplace, nth, ({ writes }) => writes);
      const ended = await apply(options, await open({ signal: controller.signal })).catch((error: unknown) => error);
      off();
      if (isSindriError(ended)) expect(ended.code).toBe('OPERATION_CANCELLED');
      cut = controller.signal.aborted;
      const again = cut ? apply(options) : Promise.resolve();
      await (isOnce ? again.catch((error: unknown) => error) : again);
      await done(count);
      kills += cut ? 1 : 0;
    }
    expect(kills).toBeGreaterThanOrEqual(atLeast);
  },
);

it('a snapshot that is killed is taken at most once more by the next run, and none is left half made', async () => {
  const start = await snapshots();
  for (let nth = 1, cut = true; cut; nth++) {
    const { controller, off } = abortAfter(workplace, nth, ({ writes }) => writes);
    const options: PlanOptions = { intent: 'snapshot.create' };
    await apply(options, await open({ signal: controller.signal })).catch((error: unknown) => error);
    off();
    cut = controller.signal.aborted;
    if (cut) await apply(options);
  }
  expect((await snapshots()) - start).toBeLessThanOrEqual(3);
  expect((await environment.snapshots()).every((one) => one.state === 'ready')).toBe(true);
});

/** As two computers: neither knows of the other, and both have planned before either begins. */
it.each(acts)(
  '$title by two at once is done, and neither is in the way of the other',
  async ({ prepare, act, done }) => {
    count += 1;
    await prepare?.(count);
    const options = await act(count);
    const both = await Promise.all(['one', 'other'].map((name) => open({ stateDir: `${workplace.home}/${name}` })));
    const plans = await Promise.all(both.map((one) => one.plan(options)));
    const ends = await Promise.allSettled(both.map((one, at) => one.apply(plans[at] as Plan, { consent: true })));
    expect(ends.map((end) => (end.status === 'rejected' ? (end.reason as Error) : null))).toEqual([null, null]);
    await done(count);
  },
);

it('two who set the same secret at once leave one of the values', async () => {
  const both = await Promise.all(['one', 'other'].map((name) => open({ stateDir: `${workplace.home}/${name}` })));
  const ends = await Promise.allSettled(both.map((one, at) => apply(set('BOTH', `value ${at}`), one)));
  expect(ends.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThanOrEqual(1);
  await apply({ intent: 'secrets.deploy' });
  expect(['value 0', 'value 1']).toContain(await inside('BOTH'));
});
