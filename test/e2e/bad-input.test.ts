import { startFlyEmulator, type FlyEmulator } from '@sindri/fly-emulator';
import { createWorkplace, quickstart, type Workplace } from './sindri';

/** What is wrong → the config, the exit code of the table in the README, and what the message must name. */
const badConfigs: [string, string, string[]][] = [
  ['an unknown key', quickstart('a', [['cpus: 2', 'cpu: 2']]), ['sindri.yaml:8:5', 'deployment.resources.cpu', 'cpus']],
  ['a wrong type', quickstart('a', [['cpus: 2', 'cpus: two']]), ['sindri.yaml:8:11', 'deployment.resources.cpus']],
  ['a bad size', quickstart('a', [['4GB', '4.5 gigs']]), ['sindri.yaml:7:13', 'deployment.resources.memory', '4GB']],
  ['an unset variable', quickstart('${NAME_OF_IT}'), ['sindri.yaml:2:7', 'NAME_OF_IT', ':-']],
  ['an unknown region', quickstart('a', [['sjc', 'sjx']]), ['sindri.yaml', 'providers.fly.region', 'sjc']],
  ['too much memory', quickstart('a', [['4GB', '8GB']]), ['deployment.resources.memory', '4096']],
  ['a CPU count that does not exist', quickstart('a', [['cpus: 2', 'cpus: 3']]), ['deployment.resources.cpus']],
  ['a name that Fly does not take', quickstart('Bad_Name'), ['sindri.yaml:2:7', 'name']],
  ['an unknown provider', quickstart('a', [['provider: fly', 'provider: flyy']]), ['deployment.provider', 'fly']],
];

describe('bad input', () => {
  let emulator: FlyEmulator;
  let workplace: Workplace;

  beforeAll(async () => {
    emulator = await startFlyEmulator({ orgs: ['elsewhere'] });
  });

  afterAll(() => emulator.stop());

  beforeEach(() => {
    workplace = createWorkplace(emulator.env);
    emulator.requests.clear();
  });

  afterEach(() => workplace.remove());

  it.each(badConfigs)('%s: exit 2, the place and the fix, and no request', async (_title, text, named) => {
    workplace.write('sindri.yaml', text);
    const ended = await workplace.run(['deploy', '--yes']);
    expect(ended.code).toBe(2);
    for (const word of named) expect(ended.stderr).toContain(word);
    expect(ended.stdout).toBe('');
    expect(emulator.requests.list()).toEqual([]);
  });

  it('reports all problems at once', async () => {
    workplace.write(
      'sindri.yaml',
      quickstart('a', [
        ['cpus: 2', 'cpu: 2'],
        ['4GB', '4.5 gigs'],
        ['sjc', 'sjx'],
      ]),
    );
    const { ended, document } = await workplace.json(['deploy', '--yes']);
    expect(ended.code).toBe(2);
    expect(document.error.code).toBe('CONFIG_INVALID');
    expect(document.error.details.problems.map((problem: { path: string }) => problem.path)).toEqual([
      'deployment.resources.memory',
      'deployment.resources.cpu',
      'providers.fly.region',
    ]);
  });

  it('no config: exit 2 and what to type', async () => {
    const ended = await workplace.run(['plan']);
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain('sindri config init');
  });

  it('no token: exit 4, names the variable, no request', async () => {
    workplace.write('sindri.yaml', quickstart());
    const ended = await workplace.run(['deploy', '--yes'], {
      env: { FLY_API_TOKEN: undefined, FLY_ACCESS_TOKEN: undefined },
    });
    expect(ended.code).toBe(4);
    expect(ended.stderr).toContain('FLY_API_TOKEN');
    expect(emulator.requests.list()).toEqual([]);
  });

  it('a refused token: exit 4, and the token is not shown', async () => {
    workplace.write('sindri.yaml', quickstart());
    const ended = await workplace.run(['deploy', '--yes', '--debug'], {
      env: { FLY_API_TOKEN: 'fo1_nobodyknowsthis' },
    });
    expect(ended.code).toBe(4);
    expect(ended.stderr).toContain('FLY_TOKEN_REFUSED');
    expect(ended.stdout + ended.stderr).not.toContain('nobodyknowsthis');
  });

  it('a platform that is not there: exit 3 or 5 and its address', async () => {
    workplace.write('sindri.yaml', quickstart());
    const ended = await workplace.run(['status'], { env: { FLY_FLAPS_BASE_URL: 'http://127.0.0.1:9' } });
    expect([3, 5]).toContain(ended.code);
    expect(ended.stderr).toContain('127.0.0.1:9');
  });

  it('an app name that another organization has: exit 3, nothing created', async () => {
    const foreign = emulator.tokens.create({ kind: 'org', org: 'elsewhere' });
    await fetch(`${emulator.url}/v1/apps`, {
      method: 'POST',
      headers: { authorization: `Bearer ${foreign}`, 'content-type': 'application/json' },
      body: JSON.stringify({ app_name: 'taken-name', name: 'taken-name', org_slug: 'elsewhere' }),
    });
    const own = emulator.tokens.create({ kind: 'org', org: 'personal' });
    workplace.write('sindri.yaml', quickstart('taken-name'));
    const before = emulator.inspect();
    const ended = await workplace.run(['deploy', '--yes'], { env: { FLY_API_TOKEN: own } });
    expect(ended.code).toBe(3);
    expect(ended.stderr).toContain('FLY_APP_NAME_TAKEN');
    expect(ended.stderr).toContain('taken-name');
    expect(emulator.inspect()).toEqual(before);
  });

  it('a volume in another region: exit 3 or 2, nothing lost', async () => {
    workplace.write('sindri.yaml', quickstart('moved'));
    expect((await workplace.run(['deploy', '--yes'])).code).toBe(0);
    const before = emulator.inspect();
    workplace.write('sindri.yaml', quickstart('moved', [['sjc', 'ams']]));
    const ended = await workplace.run(['deploy', '--yes']);
    expect([2, 3]).toContain(ended.code);
    expect(ended.stderr).toMatch(/sjc/);
    expect(ended.stderr).toMatch(/ams/);
    const after = emulator.inspect();
    expect(after.volumes).toEqual(before.volumes);
    expect(after.machines.map((machine) => machine.id)).toEqual(before.machines.map((machine) => machine.id));
  });

  it('a machine that crashes on boot: exit 3, its exit code and last words', async () => {
    const fault = emulator.faults.inject({ name: 'crash-on-boot', params: { exitCode: 78 } });
    workplace.write('sindri.yaml', quickstart('crasher'));
    const ended = await workplace.run(['deploy', '--yes']);
    expect(ended.code).toBe(3);
    expect(ended.stderr).toContain('exit code 78');
    expect(ended.stderr).toContain('FLY_MACHINE_EXITED');
    expect(fault).toBeTruthy();
    emulator.faults.clear();
    // The volume is kept: a crash costs nobody data.
    expect(
      emulator.inspect().volumes.filter((volume) => volume.app === 'crasher' && volume.state === 'created'),
    ).toHaveLength(1);
  });

  it('destroy without a terminal and without --yes: exit 2, names the flag', async () => {
    workplace.write('sindri.yaml', quickstart('kept'));
    expect((await workplace.run(['deploy', '--yes'])).code).toBe(0);
    const ended = await workplace.run(['destroy']);
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain('--yes');
    expect(emulator.inspect().apps.map((app) => app.name)).toContain('kept');
  });

  it('an unknown command or flag: exit 2 and the nearest one', async () => {
    const command = await workplace.run(['deplyo']);
    expect(command.code).toBe(2);
    expect(command.stderr).toContain('deploy');
    const flag = await workplace.run(['deploy', '--yess']);
    expect(flag.code).toBe(2);
  });
});
