import type { WireMachine } from '../../../src/api/types.js';
import { metadataKeys, type MachineData } from '../../../src/model.js';
import { sharedStates, toMachineData, waitingSecrets } from '../../../src/planner/index.js';
import { FlyWorld, secret } from '../support/fly-world.js';
import { codesOf, deploy, idsOf, planOn } from '../support/plans.js';
import { spec } from '../support/specs.js';

const one = spec({ secrets: ['TOKEN'] });
const two = spec({ secrets: ['TOKEN'], fly: { highAvailability: true } });
const secrets = [secret('TOKEN')];
const names = (world: FlyWorld) => [...world.machines, ...world.volumes].map(({ name }) => name);

const both = ['my-sindri-1', 'my-sindri-2', 'home_data', 'home_data_2'];

describe('highAvailability', () => {
  it('makes a second machine with a volume of its own on another host, once the first one is done, and says what that means', () => {
    const world = new FlyWorld();
    const plan = deploy(world, two, { secrets });
    const byId = new Map(plan.changes.map((one) => [one.id, one]));
    const volume = byId.get('volume:home_data_2:create');
    expect(volume).toMatchObject({ payload: { apart: true }, title: expect.stringMatching(/on another host/) });
    expect(volume?.dependsOn).toContain('machine:my-sindri-1:create');
    expect(byId.get('machine:my-sindri-2:create')?.dependsOn).toContain('volume:home_data_2:create');
    expect(plan.notes.find(({ code }) => code === 'FLY_TWO_HOMES')?.message).toMatch(
      /Nothing copies files between the two.*--instance my-sindri-2/,
    );
    expect(names(world)).toEqual(both);
    const again = planOn(world, two, { secrets });
    expect(again.changes).toEqual([]);
    expect(codesOf(again)).not.toContain('FLY_TWO_HOMES');
  });

  it('costs both machines and both volumes, in plans as in what is observed', () => {
    const [small, large] = [one, two].map((wanted) => planOn(new FlyWorld(), wanted, { secrets }).cost);
    expect(large?.monthlyRunning).toBeCloseTo(2 * (small?.monthlyRunning ?? 0), 2);
    expect(large?.items.map(({ title }) => title)).toEqual(
      expect.arrayContaining([expect.stringMatching(/^second machine /), '1 more volume, 10 GB']),
    );
    const world = new FlyWorld();
    deploy(world, two, { secrets });
    expect(planOn(world, two, { secrets }).cost).toEqual(large);
  });

  it('comes later, and goes again without its volume, which is used when it comes back', () => {
    const world = new FlyWorld();
    deploy(world, one, { secrets });
    const ids = world.machines.map(({ id }) => id);
    expect(idsOf(deploy(world, two, { secrets }))).toEqual(['volume:home_data_2:create', 'machine:my-sindri-2:create']);
    expect(world.machines.map(({ id }) => id).slice(0, 1)).toEqual(ids);
    const kept = world.volumes[1]?.id;

    const less = deploy(world, one, { secrets });
    expect(idsOf(less)).toEqual(['machine:my-sindri-2:delete']);
    expect(less.changes[0]?.impact).not.toContain('data-loss');
    expect(less.notes.find(({ code }) => code === 'FLY_SECOND_REMOVED')?.message).toMatch(
      /volume home_data_2 .* stays.*sindri volume delete home_data_2/,
    );
    expect(names(world)).toEqual(['my-sindri-1', 'home_data', 'home_data_2']);
    expect(planOn(world, one, { secrets }).changes).toEqual([]);

    expect(idsOf(deploy(world, two, { secrets }))).toEqual(['machine:my-sindri-2:create']);
    expect(world.machines[1]?.config?.mounts?.[0]?.volume).toBe(kept);
    expect(planOn(world, two, { secrets }).changes).toEqual([]);
  });

  it('updates one machine after the other', () => {
    const world = new FlyWorld();
    deploy(world, two, { secrets });
    const larger = spec({ secrets: ['TOKEN'], memoryMb: 4096, fly: { highAvailability: true } });
    const plan = deploy(world, larger, { secrets });
    expect(idsOf(plan)).toEqual(['machine:my-sindri-1:update', 'machine:my-sindri-2:update']);
    expect(plan.changes[1]?.dependsOn).toContain('machine:my-sindri-1:update');
    expect(planOn(world, larger, { secrets }).changes).toEqual([]);
  });

  it('brings new secrets to both, also where a run was cut short between them', () => {
    const world = new FlyWorld();
    deploy(world, two, { secrets });
    const changed = [secret('TOKEN', 'another value')];
    const plan = planOn(world, two, { secrets: changed });
    expect(idsOf(plan)).toEqual(['secrets:set', 'machine:my-sindri-1:update', 'machine:my-sindri-2:update']);
    world.apply(plan.changes.slice(0, 2), changed);
    expect(idsOf(deploy(world, two, { secrets: changed }))).toEqual(['machine:my-sindri-2:update']);
    expect(planOn(world, two, { secrets: changed }).changes).toEqual([]);
  });

  it('never takes the second machine for the first one', () => {
    const world = new FlyWorld();
    deploy(world, two, { secrets });
    world.machines.splice(0, 1);
    for (const volume of world.volumes) if (volume.name === 'home_data') volume.attached_machine_id = null;
    expect(idsOf(planOn(world, two, { secrets }))).toContain('machine:my-sindri-1:create');
    expect(idsOf(planOn(world, one, { secrets }))).toEqual(
      expect.arrayContaining(['machine:my-sindri-1:create', 'machine:my-sindri-2:delete']),
    );
  });

  it('says that it stays where its volume is when the first one has moved to the region of the config', () => {
    const world = new FlyWorld();
    deploy(world, two, { secrets });
    expect(codesOf(planOn(world, two, { secrets }))).not.toContain('FLY_SECOND_ELSEWHERE');
    // As a restore leaves them.
    for (const [moved] of [world.machines, world.volumes]) Object.assign(moved as object, { region: 'ams' });
    const elsewhere = spec({ secrets: ['TOKEN'], fly: { highAvailability: true, region: 'ams' } });
    const plan = planOn(world, elsewhere, { secrets });
    expect(idsOf(plan).filter((id) => /my-sindri-2|home_data_2/.test(id))).toEqual([]);
    expect(plan.notes.find(({ code }) => code === 'FLY_SECOND_ELSEWHERE')).toMatchObject({
      level: 'warning',
      message: expect.stringMatching(
        /my-sindri-2 is in sjc.* asks for ams.*volume snapshot --volume home_data_2/,
      ) as string,
    });
  });

  it('leaves a copy that flyctl made under that name alone, and refuses to take it over', () => {
    const world = new FlyWorld();
    deploy(world, one, { secrets });
    const copy = structuredClone(world.machine());
    world.machines.push({ ...copy, id: 'copy', name: 'my-sindri-2' });
    expect(copy.config?.metadata?.[metadataKeys.instance]).toBeUndefined();
    expect(planOn(world, one, { secrets }).changes).toEqual([]);
    expect(() => planOn(world, two, { secrets })).toThrow(/has a machine called my-sindri-2/);
  });

  it('goes on with the first machine while the host of the second does not answer', () => {
    const world = new FlyWorld();
    deploy(world, two, { secrets });
    const { config } = world.machines[1] as { config?: object };
    Object.assign(world.machines[1] as object, {
      host_status: 'unreachable',
      config: undefined,
      incomplete_config: config,
    });
    const larger = spec({ secrets: ['TOKEN'], memoryMb: 4096, fly: { highAvailability: true } });
    const plan = planOn(world, larger, { secrets });
    expect(idsOf(plan)).toEqual(['machine:my-sindri-1:update']);
    expect(codesOf(plan)).toContain('FLY_HOST_UNREACHABLE');
  });

  it('is destroyed with both volumes, or keeps both', () => {
    const world = new FlyWorld();
    deploy(world, two, { secrets });
    const kept = planOn(world, one, { intent: 'destroy', keep: ['volume'] });
    expect(kept.notes.find(({ code }) => code === 'FLY_VOLUME_KEPT')?.message).toMatch(
      /^Volumes home_data .* and home_data_2 /,
    );
    const gone = deploy(world, one, { intent: 'destroy' });
    expect(gone.changes.filter(({ impact }) => impact.includes('data-loss')).map(({ id }) => id)).toEqual([
      'volume:home_data:delete',
      'volume:home_data_2:delete',
    ]);
    expect(names(world)).toEqual([]);
  });

  it('extends the volume that is named', () => {
    const world = new FlyWorld();
    deploy(world, two, { secrets });
    const call = { intent: 'volume.extend', sizeGb: 50 } as const;
    expect(idsOf(planOn(world, two, { ...call, volume: 'home_data_2' }))).toEqual(['volume:home_data_2:extend']);
    expect(idsOf(planOn(world, two, call))).toEqual(['volume:home_data:extend']);
    expect(() => planOn(world, two, { ...call, volume: 'other' })).toThrow(/no volume called other/);
  });

  it('calls a secret live once both machines have it', () => {
    const started = (timestamp: number): MachineData =>
      toMachineData({
        id: String(timestamp),
        name: 'one',
        state: 'started',
        region: 'sjc',
        events: [{ type: 'launch', status: 'created', source: 'user', timestamp }],
      } as WireMachine);
    const items = [{ name: 'A', digest: 'd', updatedAt: '2026-11-20T10:00:00Z' }];
    const set = Date.parse('2026-11-20T10:00:00Z');
    const stateOf = (...machines: MachineData[]) => sharedStates(machines, items)?.get('A');
    expect(stateOf(started(set + 60_000), started(set - 60_000))).toBe('staged');
    expect(stateOf(started(set + 60_000), { ...started(0), events: [] })).toBe('unknown');
    expect(stateOf(started(set + 60_000), started(set + 60_000))).toBe('live');
    expect(stateOf()).toBeUndefined();
  });

  it('waits for nothing that a start after a stop has brought', () => {
    const time = Date.parse('2026-11-20T10:00:00Z');
    const items = [{ name: 'A', digest: 'd', updatedAt: '2026-11-20T10:00:00Z' }];
    const waits = (...events: [type: string, status: string][]): string[] =>
      waitingSecrets(
        toMachineData({
          id: '1',
          name: 'one',
          state: 'started',
          region: 'sjc',
          config: { metadata: { [metadataKeys.stagedSecrets]: 'A' } },
          events: events.map(([type, status]) => ({ type, status, source: 'user', timestamp: time + 60_000 })),
        } as WireMachine),
        items,
      );
    expect(waits(['restart', 'restarting'], ['start', 'started'])).toEqual(['A']);
    expect(waits(['suspend', 'suspended'], ['start', 'started'])).toEqual(['A']);
    expect(waits(['stop', 'stopping'], ['start', 'started'])).toEqual([]);
  });
});
