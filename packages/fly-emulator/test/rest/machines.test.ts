import { CONFIG, startedMachine, useFly } from '../support/fly.js';

const MACHINES = '/v1/apps/demo/machines';

describe('creating machines', () => {
  const fly = useFly();
  const create = (config: object, extra: object = {}) => fly.post(MACHINES, { config, ...extra });
  const created = async (config: object, extra: object = {}) => (await create({ ...CONFIG, ...config }, extra)).body;

  beforeEach(() => fly.post('/v1/apps', { name: 'demo', org_slug: 'personal' }));

  test('the answer is the machine, created and on its way', async () => {
    const { status, body } = await create({ image: 'ghcr.io/acme/sindri:3.0.0' }, { name: 'demo-1', region: 'ams' });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      id: expect.stringMatching(/^[0-9a-f]{14}$/),
      name: 'demo-1',
      state: 'created',
      region: 'ams',
      instance_id: expect.stringMatching(/^[0-9A-Z]{26}$/),
      private_ip: expect.stringMatching(/^fdaa:/),
      image_ref: {
        registry: 'ghcr.io',
        repository: 'acme/sindri',
        tag: '3.0.0',
        digest: expect.stringMatching(/^sha256:/),
      },
      events: [
        { type: 'launch', status: 'created', source: 'user' },
        { type: 'launch', status: 'pending', source: 'flyd' },
      ],
      incomplete_config: null,
      host_status: 'ok',
    });
    for (const absent of ['version', 'cordoned', 'checks']) expect(body).not.toHaveProperty(absent);
    expect(body).not.toHaveProperty('nonce');
    expect((await fly.get(`${MACHINES}/${body.id}/wait?state=started`)).body).toMatchObject({
      ok: true,
      state: 'started',
      version: body.instance_id,
    });
    expect((await fly.get(`${MACHINES}/${body.id}`)).body.events[0]).toMatchObject({
      type: 'start',
      status: 'started',
      source: 'flyd',
    });
  });

  test('only the guest is filled in, and unknown keys vanish', async () => {
    const { config } = (await create({ image: 'nginx', auto_stop_machines: 'suspend', nonsense: { a: 1 } })).body;
    expect(config).toEqual({
      image: 'nginx',
      init: {},
      guest: { cpu_kind: 'shared', cpus: 1, memory_mb: 256 },
      restart: {},
    });
  });

  test.each([
    ['off', false],
    [false, false],
    ['stop', true],
    [true, true],
    ['suspend', 'suspend'],
    ['whenever', undefined],
  ])('autostop %p is shown as %p', async (given, shown) => {
    const services = [
      { internal_port: 2222, ports: [{ port: 10022 }], autostop: given, auto_stop_machines: 'suspend' },
    ];
    const { config } = await created({ services });
    expect(config.services).toEqual([
      {
        internal_port: 2222,
        ports: [{ port: 10022 }],
        force_instance_key: null,
        ...(shown === undefined ? {} : { autostop: shown }),
      },
    ]);
  });

  test.each([
    ['shared', 2, 4096],
    ['shared', 1, 2048],
    ['performance', 4, 8192],
    ['performance', 16, 131072],
  ])('%s-%i with %i MB is accepted', async (cpu_kind, cpus, memory_mb) => {
    expect((await create({ image: 'nginx', guest: { cpu_kind, cpus, memory_mb } })).status).toBe(200);
  });

  test.each([
    ['shared', 1, 4096, /cannot exceed 2048/],
    ['shared', 2, 256, /minimum required 512/],
    ['shared', 3, 768, /cpus 3/],
    ['shared', 1, 300, /multiple of 256/],
    ['performance', 8, 8192, /minimum required 16384/],
    ['performance', 2, 17408, /cannot exceed 16384/],
    ['turbo', 1, 256, /cpu_kind/],
  ])('%s-%i with %i MB is refused', async (cpu_kind, cpus, memory_mb, text) => {
    const { status, body } = await create({ image: 'nginx', guest: { cpu_kind, cpus, memory_mb } });
    expect(status).toBe(400);
    expect(body.error).toMatch(text);
    expect(fly.inspect().machines).toEqual([]);
  });

  test.each([
    ['performance-2x', { cpu_kind: 'performance', cpus: 2, memory_mb: 4096 }],
    ['shared-cpu-4x', { cpu_kind: 'shared', cpus: 4, memory_mb: 1024 }],
  ])('size %s is a preset', async (size, guest) => {
    expect((await create({ image: 'nginx', size })).body.config.guest).toEqual(guest);
  });

  test.each([
    { guest: { cpu_kind: 'performance', cpus: 8, memory_mb: 32768, gpu_kind: 'l40s', gpus: 1 } },
    { size: 'a100-40gb' },
  ])('GPUs are gone: %p', async (config) => {
    const { status, body } = await create({ image: 'nginx', ...config });
    expect([status, body]).toEqual([
      422,
      { error: 'could not find a candidate host', status: 'insufficient_capacity' },
    ]);
  });

  test.each([
    ['no config', {}],
    ['no image', { config: {} }],
    ['a number as env value', { config: { image: 'nginx', env: { A: 1 } } }],
    ['a check of no kind', { config: { image: 'nginx', checks: { c: { type: 'udp' } } } }],
    ['a relative file', { config: { image: 'nginx', files: [{ guest_path: 'etc/x', raw_value: 'eA==' }] } }],
    ['a volume that is not there', { config: { image: 'nginx', mounts: [{ volume: 'vol_none', path: '/data' }] } }],
    ['a bad restart policy', { config: { image: 'nginx', restart: { policy: 'sometimes' } } }],
    ['a region that is gone', { config: { image: 'nginx' }, region: 'bom' }],
    ['a port out of range', { config: { image: 'nginx', services: [{ internal_port: 70000 }] } }],
    ['a bad name', { config: { image: 'nginx' }, name: 'no spaces' }],
  ])('%s is refused and nothing is made', async (_what, body) => {
    const answer = await fly.post(MACHINES, body);
    expect(answer.status).toBe(400);
    expect(answer.body.error).toEqual(expect.any(String));
    expect(fly.inspect().machines).toEqual([]);
  });

  test('names are unique among the living', async () => {
    const first = await created({}, { name: 'twin' });
    const second = await create(CONFIG, { name: 'twin' });
    expect(second.status).toBe(409);
    expect(second.body.error).toBe(
      `already_exists: unique machine name violation, machine ID ${first.id} already exists with name "twin"`,
    );
    await fly.delete(`${MACHINES}/${first.id}?force=true`);
    await fly.get(`${MACHINES}/${first.id}/wait?state=destroyed`);
    expect((await create(CONFIG, { name: 'twin' })).status).toBe(200);
  });

  test('skip_launch leaves it stopped once it is prepared, skip_service_registration cordons it', async () => {
    const asleep = await created({}, { skip_launch: true });
    expect(asleep.state).toBe('created');
    expect((await fly.get(`${MACHINES}/${asleep.id}/wait?state=settled`)).body.state).toBe('stopped');
    expect((await fly.post(`${MACHINES}/${asleep.id}/start`)).body.previous_state).toBe('stopped');
    expect((await created({}, { skip_service_registration: true })).cordoned).toBe(true);
  });

  test('lease_ttl creates it leased', async () => {
    const machine = await created({}, { lease_ttl: 30 });
    expect(machine.nonce).toEqual(expect.any(String));
    expect((await fly.post(`${MACHINES}/${machine.id}/stop`)).status).toBe(409);
    const nonce = { 'fly-machine-lease-nonce': machine.nonce };
    expect((await fly.post(`${MACHINES}/${machine.id}/stop`, {}, nonce)).status).toBe(200);
  });

  test('secrets: inside as variables, min_secrets_version, skip_secrets', async () => {
    const { version } = (await fly.post('/v1/apps/demo/secrets', { values: { GREETING: 'hello', BOTH: 'secret' } }))
      .body;
    const see = async (extra: object) => {
      const { id } = await created({ env: { BOTH: 'env', PRIMARY_REGION: 'sjc' } }, extra);
      await fly.get(`${MACHINES}/${id}/wait`);
      const exec = (command: string[]) => fly.post(`${MACHINES}/${id}/exec`, { command });
      return (await exec(['sh', '-c', 'echo "${GREETING:-none} $BOTH $PRIMARY_REGION $FLY_APP_NAME"'])).body.stdout;
    };
    expect(await see({ min_secrets_version: version })).toBe('hello secret sjc demo\n');
    expect(await see({ skip_secrets: true })).toBe('none env sjc demo\n');
    expect((await create(CONFIG, { min_secrets_version: version + 1 })).status).toBe(412);
  });

  test('a staged secret comes with an update or a start after a stop, never with a restart or from memory', async () => {
    const set = async (value: string) =>
      (await fly.post('/v1/apps/demo/secrets', { values: { GREETING: value } })).body.version as number;
    await set('first');
    const { id } = await created({});
    const at = `${MACHINES}/${id}`;
    const see = async (): Promise<string> => {
      await fly.get(`${at}/wait`);
      return (await fly.post(`${at}/exec`, { command: ['sh', '-c', 'echo $GREETING'] })).body.stdout.trim();
    };
    const sleep = async (how: 'stop' | 'suspend'): Promise<void> => {
      await fly.post(`${at}/${how}`);
      await fly.get(`${at}/wait?state=${how === 'stop' ? 'stopped' : 'suspended'}`);
      await fly.post(`${at}/start`);
    };
    expect(await see()).toBe('first');
    const version = await set('second');
    await fly.post(`${at}/restart`);
    expect(await see()).toBe('first');
    await sleep('suspend');
    expect(await see()).toBe('first');
    fly.faults.inject({ name: 'secrets-lag' });
    await fly.post(at, { config: CONFIG });
    expect(await see()).toBe('first');
    await fly.post(at, { config: CONFIG, min_secrets_version: version });
    expect(await see()).toBe('second');
    await set('third');
    await sleep('stop');
    expect(await see()).toBe('third');
  });

  test('a file from a secret needs the secret, in base64', async () => {
    const files = [{ guest_path: '/etc/note', secret_name: 'NOTE' }];
    const missing = await created({ files });
    expect((await fly.get(`${MACHINES}/${missing.id}/wait?state=failed`)).body.state).toBe('failed');
    await fly.post('/v1/apps/demo/secrets', { values: { NOTE: Buffer.from('written').toString('base64') } });
    const present = await created({ files });
    await fly.get(`${MACHINES}/${present.id}/wait`);
    const { body } = await fly.post(`${MACHINES}/${present.id}/exec`, { command: ['cat', '/etc/note'] });
    expect(body).toMatchObject({ exit_code: 0, stdout: 'written' });
  });

  test('region expressions place a machine somewhere that fits', async () => {
    expect((await created({}, { region: 'lhr,eu' })).region).toBe('lhr');
    expect(['dfw', 'ewr', 'iad', 'lax', 'ord', 'sjc']).toContain((await created({}, { region: 'us' })).region);
    expect((await created({})).region).toBe('iad');
  });
});

describe('quotas', () => {
  const fly = useFly(() => ({ settings: { quotas: { memoryMbPerRegion: 512, machines: 3 } } }));

  test('memory per region, and machines per organisation', async () => {
    await fly.post('/v1/apps', { name: 'demo', org_slug: 'personal' });
    const create = (region: string) => fly.post(MACHINES, { config: CONFIG, region });
    expect((await create('sjc')).status).toBe(200);
    expect((await create('sjc')).status).toBe(200);
    const over = await create('sjc');
    expect(over.status).toBe(403);
    expect(over.body.error).toMatch(
      /^organization "personal" is using 512 MB of memory in sjc which is over the allowed quota\./,
    );
    expect((await create('ams')).status).toBe(200);
    expect((await create('lhr')).status).toBe(422);
  });
});

describe('listing and showing machines', () => {
  const fly = useFly();
  const names = async (query: string) =>
    (await fly.get(`${MACHINES}?${query}`)).body.map((machine: { name: string }) => machine.name).sort();

  beforeEach(async () => {
    await fly.post('/v1/apps', { name: 'demo', org_slug: 'personal' });
    fly.admin.seedMachine({ app: 'demo', name: 'a', region: 'sjc', config: { metadata: { role: 'web', 'a.b': '1' } } });
    fly.admin.seedMachine({
      app: 'demo',
      name: 'b',
      region: 'ams',
      launch: false,
      config: { metadata: { role: 'web' } },
    });
    fly.admin.seedMachine({ app: 'demo', name: 'c', region: 'ams' });
    await fly.admin.untilState('demo', 'a', 'started');
    await fly.admin.untilState('demo', 'c', 'started');
    await fly.delete(`${MACHINES}/${fly.inspect().machines[2]?.id}?kill=true`);
    await fly.admin.untilState('demo', 'c', 'destroyed');
  });

  test('filters', async () => {
    expect(await names('')).toEqual(['a', 'b']);
    expect(await names('include_deleted=true')).toEqual(['a', 'b', 'c']);
    expect(await names('region=ams')).toEqual(['b']);
    expect(await names('state=started,suspended')).toEqual(['a']);
    expect(await names('state=started,stopped')).toEqual(['a', 'b']);
    expect(await names('state=destroyed')).toEqual(['c']);
    expect(await names('metadata.role=web')).toEqual(['a', 'b']);
    expect(await names('metadata.role=web&metadata.a.b=1')).toEqual(['a']);
    expect(await names('metadata.role=db')).toEqual([]);
  });

  test('summary and leases', async () => {
    fly.admin.holdLease({ app: 'demo', machine: 'a', owner: 'somebody@tokens.fly.io' });
    const [summary] = (await fly.get(`${MACHINES}?summary=true`)).body;
    for (const key of ['config', 'checks', 'events', 'host_status']) expect(summary).not.toHaveProperty(key);
    const machines = (await fly.get(`${MACHINES}?include_leases=true`)).body;
    expect(machines.map((machine: { lease?: { owner: string } }) => machine.lease?.owner)).toEqual([
      'somebody@tokens.fly.io',
      undefined,
    ]);
  });

  test('pages through fly-next-cursor', async () => {
    for (const name of ['d', 'e', 'f']) fly.admin.seedMachine({ app: 'demo', name, launch: false });
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const { body, headers } = await fly.get(`${MACHINES}?limit=2&cursor=${cursor}`);
      seen.push(...body.map((machine: { name: string }) => machine.name));
      cursor = headers.get('fly-next-cursor');
    }
    expect(seen).toEqual(['a', 'b', 'd', 'e', 'f']);
    expect((await fly.get(`${MACHINES}?limit=0`)).status).toBe(400);
    expect((await fly.get(`${MACHINES}?limit=1001`)).status).toBe(400);
    expect((await fly.get(`${MACHINES}?cursor=garbage`)).status).toBe(400);
  });

  test('a destroyed machine can still be read, one that never was cannot', async () => {
    const id = fly.inspect().machines.find((machine) => machine.name === 'c')?.id;
    expect((await fly.get(`${MACHINES}/${id}`)).body.state).toBe('destroyed');
    expect((await fly.post(`${MACHINES}/${id}/start`)).status).toBe(404);
    expect((await fly.get(`${MACHINES}/00000000000000`)).status).toBe(404);
    expect((await fly.get(`${MACHINES}/__proto__`)).status).toBe(404);
  });

  test('a machine of another app is not found', async () => {
    await fly.post('/v1/apps', { name: 'other', org_slug: 'personal' });
    const id = fly.inspect().machines[0]?.id;
    expect((await fly.get(`/v1/apps/other/machines/${id}`)).status).toBe(404);
  });
});

describe('updating machines', () => {
  const fly = useFly();

  test('replaces the whole config, with a new version at once', async () => {
    const path = await startedMachine(fly, { metadata: { a: '1' }, env: { A: '1' } });
    const before = (await fly.get(path)).body;
    const { status, body } = await fly.post(path, { config: { ...CONFIG, env: { B: '2' } } });
    expect(status).toBe(200);
    expect(body.instance_id).not.toBe(before.instance_id);
    expect(body.state).toBe('replacing');
    expect(body.config.env).toEqual({ B: '2' });
    expect(body.config).not.toHaveProperty('metadata');
    await fly.get(`${path}/wait?state=started&version=${body.instance_id}`);
    expect((await fly.get(`${path}?version=${before.instance_id}`)).body).toMatchObject({
      state: 'replaced',
      instance_id: before.instance_id,
      config: { env: { A: '1' } },
    });
    const versions = (await fly.get(`${path}/versions`)).body;
    expect(versions.map((version: { version: string }) => version.version)).toEqual([
      body.instance_id,
      before.instance_id,
    ]);
    expect(versions[1].user_config.metadata).toEqual({ a: '1' });
    const types = (await fly.get(`${path}/events`)).body.map(
      (event: { type: string; status: string }) => `${event.type}/${event.status}`,
    );
    expect(types).toContain('update/replacing');
  });

  test('a stale current_version is a conflict', async () => {
    const path = await startedMachine(fly);
    const { instance_id: version } = (await fly.get(path)).body;
    const update = () => fly.post(path, { config: CONFIG, current_version: version });
    expect((await update()).status).toBe(200);
    await fly.get(`${path}/wait?state=started`);
    const stale = await update();
    expect([stale.status, stale.body]).toEqual([
      409,
      { error: 'aborted: machine update failed due to concurrent update' },
    ]);
  });

  test('a sleeping machine is left stopped, its snapshot lost, and starts with the new config', async () => {
    const path = await startedMachine(fly);
    await fly.post(`${path}/suspend`);
    await fly.get(`${path}/wait?state=suspended`);
    const { body } = await fly.post(path, { config: CONFIG, skip_launch: true });
    await fly.get(`${path}/wait?state=stopped&version=${body.instance_id}`);
    const again = (await fly.post(path, { config: CONFIG })).body;
    await fly.get(`${path}/wait?state=stopped&version=${again.instance_id}`);
    await fly.post(`${path}/start`);
    expect((await fly.get(`${path}/wait?version=${again.instance_id}`)).body.state).toBe('started');
  });

  test('the volume cannot be changed; name and region stay', async () => {
    const path = await startedMachine(fly, {}, { name: 'fixed', region: 'sjc' });
    const volume = await fly.admin.seedVolume({ app: 'demo', name: 'data', region: 'sjc' });
    const mounts = [{ volume, path: '/data' }];
    expect((await fly.post(path, { config: { ...CONFIG, mounts } })).status).toBe(412);
    const { body } = await fly.post(path, { config: CONFIG, name: 'renamed', region: 'ams' });
    expect(body).toMatchObject({ name: 'fixed', region: 'sjc' });
  });

  test('a bad config is refused and the old one stays', async () => {
    const path = await startedMachine(fly, { env: { A: '1' } });
    expect((await fly.post(path, { config: { image: 'nginx', guest: { cpus: 3 } } })).status).toBe(400);
    expect((await fly.get(path)).body).toMatchObject({ state: 'started', config: { env: { A: '1' } } });
  });
});
