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
