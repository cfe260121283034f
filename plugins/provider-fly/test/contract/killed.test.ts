import { passingClock, type PassingClock } from '../../../../test/e2e/passing-clock';
import { fastClock } from '../support/context';
import { killAfterWrite } from '../support/hard-kill';
import { createWorkplace, nothing, quickstart, type OpenOptions, type Workplace } from '../support/workplace';

const clock = fastClock(40);
const two = `${quickstart}    highAvailability: true\n`;

/** What is done to an environment when its process is killed, and what must hold once the same was done again. */
interface Operation {
  title: string;
  config?: string;
  /** Brings the environment to where it begins; what it returns is for `act`. */
  prepare(workplace: Workplace): Promise<string>;
  act(workplace: Workplace, options: OpenOptions, prepared: string): Promise<unknown>;
  whole: object;
  atLeast: number;
}

const apply = async (workplace: Workplace, options: OpenOptions, asked: object): Promise<unknown> => {
  const environment = await workplace.open(options);
  return environment.apply(await environment.plan(asked as never), { consent: true });
};

async function snapshotOf(workplace: Workplace, config: string, volume: string): Promise<string> {
  await workplace.deploy({ clock, config });
  await apply(workplace, { clock, config }, { intent: 'snapshot.create', volume });
  return (await (await workplace.open({ clock, config })).snapshots()).find((one) => one.volume === volume)?.id ?? '';
}
const restore: Operation['act'] = (workplace, options, snapshot) =>
  apply(workplace, options, { intent: 'snapshot.restore', snapshot });

const operations: Operation[] = [
  {
    title: 'a deploy of two machines',
    config: two,
    prepare: async () => '',
    act: (workplace, options) => workplace.deploy(options),
    whole: { apps: 1, machines: 2, volumes: 2, ips: 2 },
    atLeast: 8,
  },
  {
    title: 'a second machine for one that is there',
    config: two,
    prepare: async (workplace) => (await workplace.deploy({ clock }), ''),
    act: (workplace, options) => workplace.deploy(options),
    whole: { apps: 1, machines: 2, volumes: 2, ips: 2 },
    atLeast: 2,
  },
  {
    title: 'a restore',
    prepare: (workplace) => snapshotOf(workplace, quickstart, 'home_data'),
    act: restore,
    whole: { apps: 1, machines: 1, volumes: 2, ips: 2 },
    atLeast: 3,
  },
  {
    title: 'a restore of the second machine',
    config: two,
    prepare: (workplace) => snapshotOf(workplace, two, 'home_data_2'),
    act: restore,
    whole: { apps: 1, machines: 2, volumes: 3, ips: 2 },
    atLeast: 3,
  },
  {
    title: 'secrets that are set',
    prepare: async (workplace) => (await workplace.deploy({ clock }), ''),
    act: (workplace, options) =>
      apply(workplace, options, { intent: 'secrets.set', set: ['A'], unset: [], secretValues: { A: 'x' } }),
    whole: { apps: 1, machines: 1, volumes: 1, ips: 2 },
    atLeast: 3,
  },
];

describe.each(operations)('$title that is killed at any write', (operation) => {
  const { config = quickstart, prepare, act, whole, atLeast } = operation;
  let workplace: Workplace;
  let time: PassingClock;

  /** Kills it at write 1, 2, …, each time in a place of its own, and lets `then` go on. */
  async function atEachWrite(then: (stateDir: string, prepared: string, nth: number) => Promise<void>): Promise<void> {
    let isCut = true;
    let cuts = 0;
    for (let nth = 1; isCut; nth++) {
      time = passingClock();
      workplace = await createWorkplace({ clock: time });
      try {
        const prepared = await prepare(workplace);
        const { isKilled, stateDir } = await killAfterWrite(workplace, nth, (options) =>
          act(workplace, { clock, config, ...options }, prepared),
        );
        // Nobody renews what the process has had.
        await time.advance(15_000);
        isCut = isKilled;
        cuts += isKilled ? 1 : 0;
        if (isKilled) await then(stateDir, prepared, nth);
      } finally {
        await workplace.remove();
      }
    }
    expect(cuts).toBeGreaterThanOrEqual(atLeast);
  }

  it('is done once by the next run, and nothing is left to do', async () => {
    await atEachWrite(async (stateDir, prepared, nth) => {
      await act(workplace, { clock, config, stateDir }, prepared);
      expect({ nth, ...workplace.alive() }).toEqual({ nth, ...whole });
      expect((await workplace.plan({ clock, config, stateDir })).changes).toEqual([]);
    });
  }, 120_000);

  it('leaves nothing behind that a destroy from another computer does not take', async () => {
    await atEachWrite(async (_stateDir, _prepared, nth) => {
      const other = { clock, config, stateDir: `${workplace.home}/other` };
      const isMarked = workplace.emulator.inspect().secrets.length > 0;
      if (isMarked) await workplace.destroy(other);
      expect({ nth, ...workplace.alive() }).toEqual({ nth, ...(isMarked ? nothing : { ...nothing, apps: 1 }) });
    });
  }, 120_000);
});
