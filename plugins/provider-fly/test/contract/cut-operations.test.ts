import { isSindriError } from '@sindri/core';
import { fastClock } from '../support/context';
import { abortAfter, forEachRequest, requestFaults } from '../support/request-matrix';
import { oneEnvironment, quickstart, type OpenOptions, type Workplace } from '../support/workplace';

const clock = fastClock(40);

const grown = quickstart.replace('30GB', '40GB');
const resized = quickstart.replace('4GB', '2GB');
const otherImage = resized.replace('resources:', 'image: ghcr.io/acme/dev:2\n  resources:');

/** Something a person does to an environment that is deployed, and what must hold once it is done. */
interface Operation {
  title: string;
  /** Brings the environment to where it begins; the fault comes afterwards. */
  prepare?(workplace: Workplace): Promise<unknown>;
  run(workplace: Workplace, options?: OpenOptions): Promise<unknown>;
  done(workplace: Workplace): Promise<void>;
  /** Requests that it must send at least; if it sent fewer, these tests would have tried nothing. */
  atLeast: number;
}

type Verb = 'start' | 'stop' | 'suspend' | 'restart';

const power = async (workplace: Workplace, verb: Verb, options: OpenOptions = {}) =>
  (await workplace.open({ config: resized, clock, ...options }))[verb]();

const machineOf = ({ emulator }: Workplace) => emulator.inspect().machines.find(({ state }) => state !== 'destroyed');

/** A deploy of `config` onto what is there already. */
function redeploy(title: string, config: string, expected: object, prepare?: Operation['prepare']): Operation {
  return {
    title,
    ...(prepare === undefined ? {} : { prepare }),
    run: (workplace, options) => workplace.deploy({ clock, config, ...options }),
    async done(workplace) {
      expect(workplace.alive()).toEqual(oneEnvironment);
      const { volumes } = workplace.emulator.inspect();
      expect({ machine: machineOf(workplace), volume: volumes[0] }).toMatchObject(expected);
      expect((await workplace.plan({ config })).changes).toEqual([]);
    },
    atLeast: 6,
  };
}

function turn(verb: Verb, state: string, prepare?: Operation['prepare']): Operation {
  return {
    title: `a ${verb}`,
    ...(prepare === undefined ? {} : { prepare }),
    run: (workplace, options) => power(workplace, verb, options),
    async done(workplace) {
      expect(machineOf(workplace)).toMatchObject({ state });
      expect(workplace.alive()).toEqual(oneEnvironment);
    },
    atLeast: 3,
  };
}

const asleepBeforeUpdate = async ({ emulator }: Workplace) => emulator.faults.inject({ name: 'asleep-before-update' });

const operations: Operation[] = [
  redeploy('an update of size and image', otherImage, {
    machine: { state: 'started', config: { image: 'ghcr.io/acme/dev:2', guest: { memory_mb: 2048 } } },
  }),
  redeploy(
    'an update of a machine that has just fallen asleep',
    resized,
    { machine: { state: 'started', config: { guest: { memory_mb: 2048 } } } },
    asleepBeforeUpdate,
  ),
  redeploy(
    'an update of a stopped machine',
    resized,
    { machine: { state: 'started', config: { guest: { memory_mb: 2048 } } } },
    (workplace) => power(workplace, 'stop'),
  ),
  { ...redeploy('an extension of the volume', grown, { volume: { sizeGb: 40 } }), atLeast: 4 },
  turn('stop', 'stopped'),
  turn('start', 'started', (workplace) => power(workplace, 'stop')),
  turn('suspend', 'suspended'),
  turn('restart', 'started'),
  {
    ...turn('restart', 'started', (workplace) => power(workplace, 'suspend')),
    title: 'a restart of a suspended machine',
  },
];

describe.each(operations)('$title of which one request goes wrong', ({ prepare, run, done, atLeast }) => {
  // A rate limit is the same to all of them; `lost-answers.test.ts` tries it.
  it.each(requestFaults.slice(0, 3))(
    'is done in the same run when %s, whichever it is',
    async (_title, fault) => {
      const tried = await forEachRequest(async (workplace, nth) => {
        const { faults: control } = workplace.emulator;
        await workplace.deploy({ clock });
        await prepare?.(workplace);
        const id = control.inject({ ...fault, match: { nth }, times: 1 });
        await run(workplace);
        const struck = !control.list().some((active) => active.id === id);
        control.clear();
        await done(workplace);
        return struck;
      });
      expect(tried).toBeGreaterThanOrEqual(atLeast);
    },
    120_000,
  );

  it('converges in the next run when it is cancelled, after whichever request', async () => {
    const tried = await forEachRequest(async (workplace, nth) => {
      await workplace.deploy({ clock });
      await prepare?.(workplace);
      const { controller, off } = abortAfter(workplace, nth);
      const ended = await run(workplace, { signal: controller.signal }).catch((error: unknown) => error);
      off();
      if (isSindriError(ended)) expect(ended.code).toBe('OPERATION_CANCELLED');
      await run(workplace);
      await done(workplace);
      return controller.signal.aborted;
    });
    expect(tried).toBeGreaterThanOrEqual(atLeast);
  }, 120_000);
});
