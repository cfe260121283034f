import type { WireMachine, WireVolume } from '../../../src/api/types.js';
import {
  isMarked,
  selectMachines,
  toAppData,
  toForeignVolumes,
  toIpsData,
  toMachineData,
  toSecretsData,
  toVolumeData,
} from '../../../src/planner/index.js';
import { keptValue } from '../../../src/planner/config/kept-values.js';
import { spec } from '../support/specs.js';

describe('apps, addresses, secrets', () => {
  it('an app may lack almost everything', () => {
    expect(toAppData({ name: 'a' })).toEqual({ id: 'a', name: 'a', organization: '', status: 'unknown' });
    expect(toAppData({ id: 'x', name: 'a', status: 'deployed', organization: { slug: 'acme' } })).toEqual({
      id: 'x',
      name: 'a',
      organization: 'acme',
      status: 'deployed',
    });
  });

  it('the type of an address is told by its form', () => {
    const data = toIpsData([
      { ip: '66.241.1.2', shared: true },
      { ip: '137.66.1.2' },
      { ip: '2a09:8280:1::1', region: 'global' },
      { ip: 'fdaa:0:1::3', region: 'sjc' },
      { ip: '::ffff:7f12:3401' },
    ]);
    expect(Object.fromEntries(data.items.map(({ ip, type }) => [ip, type]))).toEqual({
      '66.241.1.2': 'shared_v4',
      '137.66.1.2': 'v4',
      '2a09:8280:1::1': 'v6',
      'fdaa:0:1::3': 'private_v6',
      '::ffff:7f12:3401': 'v6',
    });
    expect(data.items.map(({ ip }) => ip)).toEqual([...data.items.map(({ ip }) => ip)].sort());
  });

  it('secrets are sorted, whatever the wire says', () => {
    const updated_at = '2026-03-01T12:30:05.123456789Z';
    const data = toSecretsData([{ name: 'B', digest: 'b', updated_at }, { name: 'A' }]);
    expect(data.items).toEqual([
      { name: 'A', digest: '', updatedAt: null },
      { name: 'B', digest: 'b', updatedAt: updated_at },
    ]);
  });
});

it.each(['0001-01-01T00:00:00Z', '', 'yesterday', '\u001b[31m'])('%j is no time', (none) => {
  const machine: WireMachine = {
    id: 'm',
    name: 'm',
    state: 'started',
    region: 'sjc',
    created_at: none,
    updated_at: none,
  };
  expect(toMachineData(machine)).toMatchObject({ createdAt: null, updatedAt: null });
  expect(toSecretsData([{ name: 'A', updated_at: none }]).items).toMatchObject([{ updatedAt: null }]);
});

describe('a machine', () => {
  const wire: WireMachine = {
    id: '3d8d',
    name: 'my-sindri-1',
    state: 'started',
    region: 'sjc',
    instance_id: '01K',
    config: {
      image: 'nginx',
      env: { HOME: '/alt/home/developer', DATABASE_URL: 'postgres://u:p@h/db' },
      files: [
        { guest_path: '/x', raw_value: 'c2VjcmV0' },
        { guest_path: '/y', secret_name: 'S' },
      ],
      containers: [{ name: 'c', env: { PASSWORD: 'hunter2' }, files: [{ guest_path: '/z', raw_value: 'eA==' }] }],
      processes: [{ cmd: ['a'], env: { PASSWORD: 'hunter2' } }],
      metadata: { sindri_env: 'my-sindri' },
    },
    events: [
      { type: 'start', status: 'started', source: 'flyd', timestamp: 1 },
      {
        type: 'exit',
        status: 'stopped',
        source: 'flyd',
        timestamp: 2,
        request: {
          MonitorEvent: { exit_event: { exit_code: 137, oom_killed: true, requested_stop: false, signal: -1 } },
        },
      },
    ],
  };

  it('keeps values of others to itself', () => {
    const data = toMachineData(wire);
    expect(data.config).toMatchObject({
      env: { HOME: '/alt/home/developer', DATABASE_URL: keptValue },
      files: [
        { guest_path: '/x', raw_value: keptValue },
        { guest_path: '/y', secret_name: 'S' },
      ],
      containers: [{ env: { PASSWORD: keptValue }, files: [{ raw_value: keptValue }] }],
      processes: [{ cmd: ['a'], env: { PASSWORD: keptValue } }],
    });
    expect(JSON.stringify(data)).not.toMatch(/postgres:|hunter2|c2VjcmV0/);
  });

  it('has no tag when its image was named by the digest alone', () => {
    const imageRef = { registry: 'ghcr.io', repository: 'a/b', tag: '', digest: `sha256:${'0'.repeat(64)}` };
    expect(toMachineData({ ...wire, image_ref: imageRef }).imageRef?.tag).toBeNull();
  });

  it('is held awake until nobody knows when, where its lease tells no end', () => {
    const lease = { description: 'sindri hold: a job, by me #1', owner: 'me', expires_at: null };
    expect(toMachineData({ ...wire, lease }).heldAwake).toEqual({ reason: 'a job', by: 'me', until: null });
  });

  it('has its events newest first, and an exit in either nest', () => {
    expect(toMachineData(wire).events.map(({ type }) => type)).toEqual(['exit', 'start']);
    expect(toMachineData(wire).events[0]?.exit).toEqual({
      code: 137,
      signal: -1,
      oomKilled: true,
      requestedStop: false,
    });
  });

  it('may have lost its host, and with it everything but its name', () => {
    const data = toMachineData({
      id: '1',
      name: 'm',
      state: 'started',
      region: 'sjc',
      version: '02',
      host_status: 'unreachable',
      incomplete_config: { metadata: { sindri_env: 'my-sindri' } },
      events: null,
      checks: null,
    });
    expect(data).toMatchObject({ config: null, instanceId: '02', hostStatus: 'unreachable', events: [], checks: [] });
    expect(isMarked(data, spec())).toBe(true);
  });
});

describe('which machine is ours', () => {
  const machine = (id: string, changes: Partial<WireMachine> & { mark?: string; adoptable?: boolean } = {}) => {
    const { mark, adoptable, ...rest } = changes;
    return toMachineData({
      id,
      name: id,
      state: 'started',
      region: 'sjc',
      created_at: `2026-01-0${id.length}`,
      ...rest,
      config: {
        mounts: adoptable === true ? [{ volume: 'v', path: '/alt/home/developer' }] : [],
        metadata: {
          ...(mark === undefined ? {} : { sindri_env: mark }),
          ...(adoptable === true ? { fly_platform_version: 'v2', fly_process_group: 'app' } : {}),
        },
      },
    });
  };
  const pick = (...machines: ReturnType<typeof machine>[]): [string | null, string[]] => {
    const { ours, foreign } = selectMachines(machines, spec());
    return [ours[0]?.id ?? null, foreign.map(({ id }) => id)];
  };

  it('the marked one, before one that could be adopted', () => {
    expect(pick(machine('a', { adoptable: true }), machine('bb', { mark: 'my-sindri' }))).toEqual(['bb', ['a']]);
  });
  it("not another environment's", () => {
    expect(pick(machine('a', { mark: 'other', adoptable: true }))).toEqual([null, ['a']]);
  });
  it('one that flyctl or the original made', () => {
    expect(pick(machine('a'), machine('bb', { adoptable: true }))).toEqual(['bb', ['a']]);
  });
  it('the one with the right name, then the oldest', () => {
    expect(
      pick(machine('a', { mark: 'my-sindri' }), machine('bb', { mark: 'my-sindri', name: 'my-sindri-1' })),
    ).toEqual(['bb', ['a']]);
    expect(pick(machine('bb', { mark: 'my-sindri' }), machine('a', { mark: 'my-sindri' }))).toEqual(['a', ['bb']]);
  });
  it('a living one before a dying one, whatever it is called', () => {
    expect(
      pick(
        machine('a', { mark: 'my-sindri', name: 'my-sindri-1', state: 'destroying' }),
        machine('bb', { mark: 'my-sindri' }),
      ),
    ).toEqual(['bb', ['a']]);
    expect(pick(machine('a', { mark: 'my-sindri', state: 'destroying' }))).toEqual(['a', []]);
  });
  it('one that has taken the place of another before that one, also when it dies', () => {
    const successor = { ...machine('bb', { mark: 'my-sindri' }) };
    successor.metadata = { ...successor.metadata, sindri_replaces: 'a' };
    for (const state of ['started', 'destroying']) {
      const old = machine('a', { mark: 'my-sindri', name: 'my-sindri-1', state });
      expect(pick(old, successor)).toEqual(['bb', []]);
      expect(selectMachines([old, successor], spec()).replaced.map(({ id }) => id)).toEqual(['a']);
    }
    // A word of somebody else's machine, or about one, is no reason to delete it.
    expect(selectMachines([machine('a'), successor], spec())).toMatchObject({ replaced: [], foreign: [{ id: 'a' }] });
  });
  it('never a destroyed one', () => {
    expect(pick(machine('a', { mark: 'my-sindri', state: 'destroyed' }))).toEqual([null, []]);
  });
});

describe('which volume is ours', () => {
  const volume = (id: string, changes: Partial<WireVolume> = {}): WireVolume => ({
    id,
    name: 'home_data',
    state: 'created',
    region: 'sjc',
    size_gb: 10,
    ...changes,
  });
  const pick = (machineId: string | null, ...volumes: WireVolume[]) =>
    toVolumeData(volumes, { name: 'home_data', region: 'sjc', machineId });

  it('by exact name', () => {
    expect(pick(null, volume('a', { name: 'old_home_data_backup' }))).toBeNull();
    expect(toForeignVolumes([volume('a', { name: 'data' }), volume('b')], ['home_data'])).toEqual([
      { id: 'a', name: 'data', region: 'sjc', sizeGb: 10 },
    ]);
  });
  it('the attached one first, wherever it is', () => {
    expect(pick('m', volume('a'), volume('b', { attached_machine_id: 'm', region: 'ams' }))?.id).toBe('b');
  });
  it('a free one in the region before a taken one before one elsewhere', () => {
    const elsewhere = volume('a', { region: 'ams' });
    const taken = volume('b', { attached_machine_id: 'x' });
    const free = volume('c');
    expect(pick('m', elsewhere, taken, free)?.id).toBe('c');
    expect(pick('m', elsewhere, taken)?.id).toBe('b');
    expect(pick('m', elsewhere)?.id).toBe('a');
  });
  it('the newest of equals, which is the one that a restore has made, and it names the others', () => {
    const data = pick(
      null,
      volume('b', { created_at: '2026-01' }),
      volume('a', { created_at: '2026-02', size_gb: 20 }),
    );
    expect(data).toMatchObject({ id: 'a', sizeGb: 20, others: [{ id: 'b', region: 'sjc', sizeGb: 10 }] });
  });
  it.each(['pending_destroy', 'scheduling_destroy', 'destroyed', 'destroying'])('not one in state %s', (state) => {
    expect(pick(null, volume('a', { state }))).toBeNull();
  });
});
