import path from 'node:path';
import type { Environment, SindriEvent } from '@sindri/core';
import { fastClock } from '../support/context';
import { abortAfter, forEachRequest } from '../support/request-matrix';
import { createWorkplace, quickstart, type Workplace } from '../support/workplace';

const two = `${quickstart}    highAvailability: true\n`;
const pair = { apps: 1, volumes: 2, machines: 2, ips: 2 };
const [first, second] = ['my-sindri-fly-1', 'my-sindri-fly-2'] as const;

const machineNamed = ({ emulator }: Workplace, name: string) =>
  emulator.inspect().machines.find((machine) => machine.name === name && machine.state !== 'destroyed');
const statesOf = (workplace: Workplace) => [first, second].map((name) => machineNamed(workplace, name)?.state);

const snapshotOf = async (environment: Environment, volume: string): Promise<string> => {
  await environment.apply(await environment.plan({ intent: 'snapshot.create', volume }));
  return (await environment.snapshots()).find((one) => one.volume === volume)?.id ?? '';
};

describe('an environment with highAvailability', () => {
  let workplace: Workplace;
  let environment: Environment;

  beforeAll(async () => {
    workplace = await createWorkplace();
    await workplace.deploy({ config: two });
    environment = await workplace.open({ config: two });
  });

  afterAll(() => workplace.remove());

  it('has two machines with a volume each, on two hosts, and nothing left to do', async () => {
    expect(workplace.alive()).toEqual(pair);
    const { FLY_FLAPS_BASE_URL: url, FLY_API_TOKEN: token } = workplace.emulator.env;
    const answer = await fetch(`${url}/v1/apps/my-sindri-fly/volumes`, {
      headers: { authorization: `Bearer ${token}` },
    });
    const volumes = (await answer.json()) as { name: string; zone: string }[];
    expect(volumes.map(({ name }) => name)).toEqual(['home_data', 'home_data_2']);
    expect(new Set(volumes.map(({ zone }) => zone)).size).toBe(2);
    expect((await workplace.plan({ config: two })).changes).toEqual([]);
  });

  it('tells of both in its status, and of what both cost', async () => {
    const status = await environment.status();
    expect(status.instances?.map(({ name, state }) => [name, state])).toEqual([
      [first, 'running'],
      [second, 'running'],
    ]);
    expect(status.volumes?.map(({ name, usedBy }) => [name, usedBy])).toEqual([
      ['home_data', first],
      ['home_data_2', second],
    ]);
    expect((await environment.cost()).monthlyRunning).toBe(status.cost?.monthlyRunning);
    expect((await workplace.plan({ config: two })).cost?.monthlyRunning).toBe(status.cost?.monthlyRunning);
  });

  it('stops, starts and restarts both, or the one that is named', async () => {
    expect(await environment.stop({ instance: second })).toEqual({ before: 'running', after: 'stopped' });
    expect(statesOf(workplace)).toEqual(['started', 'stopped']);
    expect(await environment.stop()).toEqual({ before: 'running', after: 'stopped' });
    expect(statesOf(workplace)).toEqual(['stopped', 'stopped']);
    await environment.start({ instance: second });
    expect(statesOf(workplace)).toEqual(['stopped', 'started']);
    expect((await environment.status()).state).toBe('running');
    expect(await environment.start()).toEqual({ before: 'stopped', after: 'running' });
    await environment.restart();
    expect(statesOf(workplace)).toEqual(['started', 'started']);
    await expect(environment.stop({ instance: 'nobody' })).rejects.toMatchObject({ code: 'FLY_INSTANCE_UNKNOWN' });
  });

  it('says which one is used where none is named, and nothing where one is', async () => {
    const chosen = (): SindriEvent[] =>
      workplace.events.filter((event) => event.type === 'notice' && event.code === 'FLY_INSTANCE_CHOSEN');
    workplace.events.length = 0;
    await environment.exec({ command: ['true'], instance: second });
    expect(chosen()).toEqual([]);
    await environment.exec({ command: ['true'] });
    expect(chosen()).toMatchObject([{ message: expect.stringMatching(`^${first}, .* also has ${second}`) }]);
  });

  it('tells an SSH client how to reach one for sure', async () => {
    const target = await environment.sshTarget({ instance: second });
    expect(target.dial).toEqual({ port: 2222, instance: second });
  });

  it('holds the one that is named', async () => {
    const hold = await environment.hold({ durationMs: 60_000, reason: 'a test', instance: second });
    const leases = () => [first, second].map((name) => machineNamed(workplace, name)?.leased);
    expect(leases()).toEqual([false, true]);
    await hold.release();
    expect(leases()).toEqual([false, false]);
  });

  it('finds out what is wrong with each, and says with which', async () => {
    expect(await environment.diagnose()).toEqual({ findings: [], unknown: [] });
    workplace.emulator.admin.fillVolume('my-sindri-fly', 'home_data_2', 29.5 * 1024 ** 3);
    const { findings } = await environment.diagnose();
    expect(findings).toMatchObject([{ id: 'volume-full', instance: second }]);
    expect(findings[0]?.fix.map(({ command }) => command)).toEqual([
      `sindri exec --instance ${second} -- du -xhd1`,
      'sindri volume extend 45GB --volume home_data_2',
    ]);
    workplace.emulator.admin.fillVolume('my-sindri-fly', 'home_data_2', 1024 ** 3);
  });

  it('lists the keys of both, and says where only one of them admits a key', async () => {
    const run = async (who: Environment, instance: string): Promise<void> => {
      const session = await who.session({ command: 'true', instance });
      await session.exited;
    };
    const other = await workplace.open({
      config: two,
      stateDir: path.join(workplace.home, 'elsewhere'),
      env: { USER: 'runner' },
    });
    await run(other, second);
    const keys = (await environment.keys()).map(({ comment, where, instances }) => ({ comment, where, instances }));
    expect(keys).toEqual([
      { comment: expect.stringMatching(/^tester/), where: ['now', 'next-start'], instances: undefined },
      // Noted for both, as a key that is let in at the first one is.
      { comment: expect.stringMatching(/^runner/), where: ['now', 'next-start'], instances: [second] },
    ]);
    expect((await workplace.plan({ config: two })).changes).toEqual([]);
    await environment.stop({ instance: first });
    workplace.events.length = 0;
    expect((await environment.keys()).map(({ where }) => where)).toEqual([
      ['now', 'next-start'],
      ['now', 'next-start'],
    ]);
    expect(workplace.events).toContainEqual(
      expect.objectContaining({
        code: 'FLY_KEYS_UNREAD',
        message: expect.stringContaining(`machine ${first} is stopped`),
      }),
    );
    await environment.start();
  });

  it('restores a snapshot to the machine whose volume it is of, and leaves the other one alone', async () => {
    const before = machineNamed(workplace, first);
    const snapshot = await snapshotOf(environment, 'home_data_2');
    const plan = await environment.plan({ intent: 'snapshot.restore', snapshot });
    expect(plan.changes.map(({ id, title }) => [id, title])).toEqual([
      ['volume:home_data_2:restore', expect.stringMatching(/^create volume home_data_2, 30 GB in sjc/)],
      [`machine:${second}:replace`, `create machine ${second}b with it, in the place of ${second}`],
      [expect.stringMatching(/:delete$/), `delete machine ${second}, whose volume stays`],
    ]);
    await environment.apply(plan);
    expect(machineNamed(workplace, first)).toEqual(before);
    expect((await workplace.plan({ config: two })).changes).toEqual([]);
    const status = await environment.status();
    expect(status.instances?.map(({ name }) => name)).toEqual([first, `${second}b`]);
    // It goes on to be called as before.
    expect((await environment.sshTarget({ instance: second })).dial?.instance).toBe(`${second}b`);
    expect(status.kept).toEqual([expect.stringMatching(/^volume home_data_2 \(vol_\w+\), 30 GB$/)]);
    const volume = status.volumes?.find(({ usedBy }) => usedBy === null)?.id ?? '';
    await environment.apply(await environment.plan({ intent: 'volume.delete', volume }), { consent: true });
    // Back under the name that it had.
    const newer = await snapshotOf(environment, 'home_data_2');
    await environment.apply(await environment.plan({ intent: 'snapshot.restore', snapshot: newer }));
    expect(machineNamed(workplace, second)?.state).toBe('started');
    const left = (await environment.status()).volumes?.find(({ usedBy }) => usedBy === null)?.id ?? '';
    await environment.apply(await environment.plan({ intent: 'volume.delete', volume: left }), { consent: true });
  });

  it('updates one after the other: one is up all the time', async () => {
    const seen: string[] = [];
    const off = workplace.emulator.requests.onRequest(() => {
      seen.push(statesOf(workplace).join());
    });
    const larger = two.replace('4GB', '2GB');
    await workplace.deploy({ config: larger });
    off();
    expect(seen.filter((states) => !states.includes('started'))).toEqual([]);
    const memory = [first, second].map((name) => machineNamed(workplace, name)?.config['guest']);
    expect(memory).toMatchObject([{ memory_mb: 2048 }, { memory_mb: 2048 }]);
    expect((await workplace.plan({ config: larger })).changes).toEqual([]);
  });

  it('goes back to one machine, keeps the second volume until somebody deletes it, and is destroyed whole', async () => {
    await workplace.deploy({ config: quickstart.replace('4GB', '2GB') });
    expect(workplace.alive()).toEqual({ ...pair, machines: 1 });
    const one = await workplace.open();
    expect((await one.status()).kept).toEqual(['volume home_data_2, 30 GB']);
    await one.apply(await one.plan({ intent: 'volume.delete', volume: 'home_data_2' }), { consent: true });
    expect(workplace.alive()).toEqual({ ...pair, machines: 1, volumes: 1 });
    await workplace.deploy({ config: two });
    await workplace.destroy();
    expect(workplace.alive()).toEqual({ apps: 0, volumes: 0, machines: 0, ips: 0 });
  });
});

it('says so where there is no room on another host, and keeps the first machine', async () => {
  const workplace = await createWorkplace();
  try {
    await workplace.deploy();
    workplace.emulator.faults.inject({ name: 'capacity-volume' });
    await expect(workplace.deploy({ config: two })).rejects.toMatchObject({
      code: 'FLY_NO_CAPACITY',
      message: expect.stringMatching(/no room in sjc for volume home_data_2 on another host/),
      hint: expect.stringMatching(/first machine is as it should be/),
    });
    expect(statesOf(workplace)).toEqual(['started', undefined]);
  } finally {
    await workplace.remove();
  }
});

it('moves to another region one machine after the other, and then there is nothing left to do', async () => {
  const workplace = await createWorkplace();
  try {
    await workplace.deploy({ config: two });
    const environment = await workplace.open({ config: two.replace('sjc', 'ams') });
    for (const volume of ['home_data', 'home_data_2']) {
      const snapshot = await snapshotOf(environment, volume);
      await environment.apply(await environment.plan({ intent: 'snapshot.restore', snapshot }));
      const { changes, notes } = await environment.plan();
      expect([volume, changes]).toEqual([volume, []]);
      const told = notes.map(({ code }) => code).includes('FLY_SECOND_ELSEWHERE');
      expect([volume, told]).toEqual([volume, volume === 'home_data']);
    }
    const { machines } = workplace.emulator.inspect();
    const regions = machines.filter(({ state }) => state !== 'destroyed').map(({ region }) => region);
    expect(regions).toEqual(['ams', 'ams']);
  } finally {
    await workplace.remove();
  }
});

it('is made once, at whichever write a run before was killed', async () => {
  const clock = fastClock(40);
  const writes = await forEachRequest(async (workplace, nth) => {
    const { controller, off } = abortAfter(workplace, nth, (entry) => entry.writes);
    const ended = await workplace
      .deploy({ config: two, clock, signal: controller.signal })
      .then(() => 'applied')
      .catch(() => 'cut');
    off();
    await workplace.deploy({ config: two, clock });
    expect({ nth, ...workplace.alive() }).toEqual({ nth, ...pair });
    expect((await workplace.plan({ config: two })).changes).toEqual([]);
    return ended === 'cut';
  });
  expect(writes).toBeGreaterThanOrEqual(8);
}, 60_000);

it('is made once in the same run where the answer to something that is made is lost, whichever it is', async () => {
  const clock = fastClock(40);
  const writes = await forEachRequest(async (workplace, nth) => {
    const { faults } = workplace.emulator;
    faults.inject({ name: 'lost-answer', match: { method: 'POST', nth }, times: 1 });
    await workplace.deploy({ config: two, clock });
    const struck = faults.list().length === 0;
    faults.clear();
    expect({ nth, ...workplace.alive() }).toEqual({ nth, ...pair });
    expect((await workplace.plan({ config: two })).changes).toEqual([]);
    return struck;
  });
  expect(writes).toBeGreaterThanOrEqual(7);
}, 60_000);
