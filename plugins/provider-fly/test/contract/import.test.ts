import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { importConfig, type ImportResult } from '@sindri/core';
import { createFlyProvider } from '../../src/index';
import { createWorkplace, quickstart, type Workplace } from '../support/workplace';

describe('a config of what exists', () => {
  let workplace: Workplace;

  beforeAll(async () => {
    workplace = await createWorkplace();
    writeFileSync(path.join(workplace.home, 'notes.txt'), 'a secret');
  });

  afterAll(() => workplace.remove());

  const fromApp = (platformName: string): Promise<ImportResult> =>
    importConfig({ provider: createFlyProvider(), source: { platformName }, cwd: workplace.home, env: workplace.env });

  /** Somebody changes something without Sindri. */
  async function change(method: string, place: string, body: object): Promise<void> {
    const { FLY_FLAPS_BASE_URL: fly, FLY_API_TOKEN: token } = workplace.env;
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const answer = await fetch(`${fly}/v1/apps/${place}`, { method, headers, body: JSON.stringify(body) });
    expect(answer.status).toBe(200);
  }

  const configs = {
    quick: quickstart,
    small: `name: small
deployment: { provider: fly, image: "ghcr.io/o/a:1", resources: { memory: 256MB, cpus: 1 } }
extensions: { active: [nodejs, python], autoInstall: false }
providers: { fly: { region: nrt, sshPort: 20022, autoStopMachines: false, snapshotRetention: 30, highAvailability: true } }
`,
    large: `name: large
deployment:
  provider: fly
  resources: { memory: 16GB, cpus: 4 }
  volumes: { workspace: { size: 300GB, path: /alt/home/developer/src } }
extensions: { profile: fullstack, additional: [docker] }
secrets:
  - { name: GITHUB_TOKEN, source: env }
  - { name: LEFT_OUT, source: env }
  - { name: A_FILE, source: file, path: ./notes.txt, mountPath: /etc/app/notes, permissions: "0600" }
providers: { fly: { region: ord, cpuKind: performance, autoStartMachines: false, dedicatedIpv4: true } }
`,
  };

  it.each(Object.entries(configs))('of what a deploy has made has an empty plan: %s', async (_name, config) => {
    await workplace.deploy({ config, env: { GITHUB_TOKEN: 'value' } });
    const environment = await workplace.open({ config });
    const { name, text, remarks } = await fromApp(environment.spec.name);
    expect(name).toBe(environment.spec.name);
    expect(remarks).toEqual([]);
    for (const env of [{}, { GITHUB_TOKEN: 'value' }]) {
      expect((await workplace.plan({ config: text, env })).changes).toEqual([]);
    }
    expect((await workplace.open({ config: text })).spec.options).toEqual(environment.spec.options);
  });

  it('of two machines with volumes of two sizes says that of the first, and what that changes about the second', async () => {
    const config = configs.small.replace('name: small', 'name: sizes');
    await workplace.deploy({ config });
    const { volumes } = workplace.emulator.inspect();
    const first = volumes.find(({ app, name }) => app === 'sizes' && name === 'home_data');
    await change('PUT', `sizes/volumes/${first?.id}/extend`, { size_gb: 20 });
    const { text, remarks } = await fromApp('sizes');
    expect(remarks).toEqual([
      {
        subject: 'volume home_data_2',
        effect: 'changes',
        message: '10 GB becomes 20 GB: a config says one for both machines.',
      },
    ]);
    const { changes } = await workplace.plan({ config: text });
    expect(changes.filter(({ action }) => action !== 'start')).toMatchObject([
      { title: 'extend volume home_data_2 from 10 GB to 20 GB' },
    ]);
  });

  it('asks only to read, and shows no value of a variable that is not ours', async () => {
    const { emulator } = workplace;
    emulator.admin.seedApp({ name: 'theirs', secrets: { THEIR_SECRET: 'secret value' } });
    const volume = await emulator.admin.seedVolume({ app: 'theirs', name: 'data', region: 'iad', sizeGb: 5 });
    emulator.admin.seedMachine({
      app: 'theirs',
      name: 'purple-sun-1234',
      region: 'iad',
      config: {
        image: 'ghcr.io/o/app:1',
        guest: { cpu_kind: 'shared', cpus: 1, memory_mb: 1024 },
        env: { PASSWORD: 'env value' },
        mounts: [{ volume, path: '/data' }],
        services: [{ internal_port: 8080, protocol: 'tcp', ports: [{ port: 80, handlers: ['http'] }] }],
        stop_config: { signal: 'SIGTERM' },
      },
    });
    emulator.requests.clear();
    const { text, remarks } = await fromApp('theirs');
    expect(emulator.requests.list().every(({ method, writes }) => method === 'GET' && !writes)).toBe(true);
    expect(emulator.requests.list()).toHaveLength(5);
    expect(text).toContain('image: ghcr.io/o/app:1');
    expect(text).toContain('region: iad');
    expect(text).toContain('memory: 1GB');
    expect(text + JSON.stringify(remarks)).not.toMatch(/env value|secret value/);
    const stays = remarks.filter(({ effect }) => effect === 'stays').map(({ subject }) => subject);
    expect(stays).toEqual(['stop_config', 'env.PASSWORD', 'service of port 8080', 'secret THEIR_SECRET']);
    const changes = remarks.filter(({ effect }) => effect === 'changes').map(({ subject }) => subject);
    expect(changes).toEqual(expect.arrayContaining(['mounts.path', 'services.ssh', 'checks.ssh', 'volume']));
  });

  it('of a secret that is two files says the first, and that a deploy takes the second away', async () => {
    const config = configs.large;
    await workplace.deploy({ config, env: { GITHUB_TOKEN: 'value' } });
    const live = workplace.emulator.inspect().machines.find(({ app }) => app === 'large');
    const files = [
      ...((live?.config.files as object[] | undefined) ?? []),
      { guest_path: '/etc/other/notes', secret_name: 'A_FILE', mode: 0o640 },
    ];
    await change('POST', `large/machines/${live?.id}`, { config: { ...live?.config, files } });
    const { text, remarks } = await fromApp('large');
    expect(text.match(/mountPath/g)).toHaveLength(1);
    expect(text).toContain('/etc/app/notes');
    expect(remarks).toMatchObject([
      {
        subject: 'files',
        effect: 'changes',
        message: expect.stringMatching(/\/etc\/other\/notes .* becomes \/etc\/app\/notes/),
      },
    ]);
    const { changes } = await workplace.plan({ config: text, env: { GITHUB_TOKEN: 'value' } });
    expect(changes).toMatchObject([{ differences: [{ field: 'files' }] }]);
  });

  it.each([
    ['nowhere', 'FLY_NOT_FOUND', 'no app nowhere'],
    ['bare', 'FLY_IMPORT_UNCLEAR', 'has no machine'],
    ['../other', 'FLY_APP_NAME_INVALID', 'cannot be the name'],
    ['many', 'FLY_IMPORT_UNCLEAR', 'has 2 machines, one and two'],
  ])('refuses the app %s', async (name, code, message) => {
    const { admin } = workplace.emulator;
    if (name === 'bare') admin.seedApp({ name });
    if (name === 'many') {
      admin.seedApp({ name });
      for (const machine of ['one', 'two']) admin.seedMachine({ app: name, name: machine, region: 'sjc', config: {} });
    }
    await expect(fromApp(name)).rejects.toMatchObject({ code, message: expect.stringContaining(message) as string });
  });
});
