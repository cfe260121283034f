import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readState } from '../src/persistence.js';
import { CONFIG, startSubject, type Subject } from './support/fly.js';

describe('state that survives', () => {
  let directory: string;
  let running: Subject[] = [];
  const start = async (): Promise<Subject> => {
    const fly = await startSubject({ stateDir: directory, orgs: ['acme'] });
    running.push(fly);
    return fly;
  };
  const file = () => path.join(directory, 'state.json');
  const journal = () => path.join(directory, 'state.journal');
  const FILES = ['state.json', 'state.journal'];
  /** Keeps the files as they are now, as if the emulator were killed at this moment. */
  const keepFiles = (name: string): string => {
    const copy = path.join(directory, name);
    mkdirSync(copy, { recursive: true });
    for (const one of FILES) {
      rmSync(path.join(copy, one), { force: true });
      if (existsSync(path.join(directory, one))) cpSync(path.join(directory, one), path.join(copy, one));
    }
    return copy;
  };
  const bringBack = (copy: string): void => {
    for (const one of FILES) {
      rmSync(path.join(directory, one), { force: true });
      if (existsSync(path.join(copy, one))) cpSync(path.join(copy, one), path.join(directory, one));
    }
  };

  beforeEach(() => {
    directory = mkdtempSync(path.join(tmpdir(), 'emulator-state-'));
  });
  afterEach(async () => {
    for (const fly of running) await fly.stop();
    running = [];
    rmSync(directory, { recursive: true, force: true });
  });

  const populate = async (fly: Subject) => {
    await fly.post('/v1/apps', { name: 'demo', org_slug: 'acme' });
    await fly.post('/v1/apps/demo/ip_assignments', { type: 'v6' });
    await fly.post('/v1/apps/demo/secrets', { values: { KEY: 'value-of-key' } });
    const volume = (await fly.post('/v1/apps/demo/volumes', { name: 'home', region: 'sjc' })).body.id;
    const config = { ...CONFIG, mounts: [{ volume, path: '/alt/home/developer' }] };
    const ids: Record<string, string> = {};
    for (const [name, extra] of Object.entries({ up: { config }, down: {}, asleep: {} })) {
      ids[name] = (await fly.post('/v1/apps/demo/machines', { config: CONFIG, name, ...extra })).body.id;
      await fly.get(`/v1/apps/demo/machines/${ids[name]}/wait`);
    }
    await fly.post(`/v1/apps/demo/machines/${ids.down}/stop`);
    await fly.get(`/v1/apps/demo/machines/${ids.down}/wait?state=stopped`);
    await fly.post(`/v1/apps/demo/machines/${ids.asleep}/suspend`);
    await fly.get(`/v1/apps/demo/machines/${ids.asleep}/wait?state=suspended`);
    return ids;
  };
  const hostKey = async (fly: Subject, id: string | undefined) =>
    (
      await fly.post(`/v1/apps/demo/machines/${id}/exec`, {
        command: ['sh', '-c', 'cat $ALT_HOME/.ssh/host_keys/*.pub'],
      })
    ).body.stdout;

  test('after an orderly end: the same token, addresses, states; machines that were up are up', async () => {
    const first = await start();
    const ids = await populate(first);
    const before = first.inspect();
    const key = await hostKey(first, ids.up);
    await first.stop();
    const second = await start();
    expect(second.token).toBe(first.token);
    expect(second.inspect()).toEqual(before);
    expect(before.machines.map((machine) => machine.state)).toEqual(['started', 'stopped', 'suspended']);
    expect(await hostKey(second, ids.up)).toBe(key);
    const env = await second.post(`/v1/apps/demo/machines/${ids.up}/exec`, { command: ['printenv', 'KEY'] });
    expect(env.body.stdout).toBe('value-of-key\n');
    // A snapshot of memory cannot survive; the machine starts cold.
    await second.post(`/v1/apps/demo/machines/${ids.asleep}/start`);
    expect((await second.get(`/v1/apps/demo/machines/${ids.asleep}/wait`)).body.state).toBe('started');
    const lines = (await second.get('/api/v1/apps/demo/logs')).body.data;
    expect(lines.length).toBeGreaterThan(10);
  });

  test('whatever was answered is in the file already', async () => {
    const first = await start();
    const copies: string[] = [];
    first.requests.onRequest((entry, phase) => {
      if (phase !== 'committed' || !entry.writes) return;
      copies.push(keepFiles(`copy-${entry.index}`));
    });
    await populate(first);
    const expected = first.inspect();
    await first.stop();
    // As if the emulator had been killed right after its last answer, in the middle of suspending.
    bringBack(copies.at(-1) ?? '');
    const second = await start();
    const { machines, ...rest } = second.inspect();
    expect(rest).toEqual({
      apps: expected.apps,
      ips: expected.ips,
      secrets: expected.secrets,
      volumes: expected.volumes,
    });
    expect(machines.map((machine) => `${machine.name} ${machine.state}`)).toEqual([
      'up started',
      'down stopped',
      'asleep suspended',
    ]);
  });

  test('the files are for nobody else', async () => {
    const fly = await start();
    await populate(fly);
    await fly.stop();
    const files = [file(), journal(), path.join(directory, 'logs', 'demo.ndjson')];
    for (const one of files) expect([one, statSync(one).mode & 0o777]).toEqual([one, 0o600]);
  });

  test('a state of the former format is taken over', async () => {
    const first = await start();
    await populate(first);
    const before = first.inspect();
    await first.stop();
    const { epoch: _epoch, ...state } = JSON.parse(readFileSync(file(), 'utf8'));
    rmSync(journal());
    writeFileSync(file(), JSON.stringify({ ...state, format: 1 }));
    const second = await start();
    expect(second.inspect()).toEqual(before);
    expect(second.token).toBe(first.token);
  });

  test('a last line that a kill has cut was never acknowledged; a damaged one before it is refused', async () => {
    const first = await start();
    await first.post('/v1/apps', { name: 'one', org_slug: 'acme' });
    await first.post('/v1/apps', { name: 'two', org_slug: 'acme' });
    const copy = keepFiles('copy');
    await first.stop();
    bringBack(copy);
    const lines = readFileSync(journal(), 'utf8').trimEnd().split('\n');
    const last = lines.at(-1) ?? '';
    for (let length = 0; length < last.length; length += 7) {
      writeFileSync(journal(), [...lines.slice(0, -1), last.slice(0, length)].join('\n'));
      expect(Object.keys(readState(directory)?.apps ?? {})).toEqual(['one']);
    }
    writeFileSync(journal(), `${lines.slice(0, -1).join('\n').slice(0, -5)}\n${last}\n`);
    await expect(start()).rejects.toThrow(/state.journal is damaged in line \d+: move it away/);
  });

  test('a journal that a newer state has overtaken does not bring old things back', async () => {
    const first = await start();
    await first.post('/v1/apps', { name: 'gone', org_slug: 'acme' });
    const old = readFileSync(journal());
    await first.delete('/v1/apps/gone');
    await first.stop();
    writeFileSync(journal(), old);
    expect((await start()).inspect().apps).toEqual([]);
  });

  test('after every request the files say what the emulator says', async () => {
    const fly = await start();
    const compare = async (): Promise<void> => {
      // Machines go on by themselves: until nothing has happened between the last write and this look.
      let said;
      do {
        said = fly.inspect();
        await fly.get('/v1/apps?org_slug=acme');
      } while (JSON.stringify(said) !== JSON.stringify(fly.inspect()));
      const { machines, volumes, apps } = readState(directory) ?? {};
      expect({
        apps: Object.values(apps ?? {}).map(({ name, secretsVersion }) => [name, secretsVersion]),
        machines: Object.values(machines ?? {}).map((one) => [one.id, one.state, one.cordoned, one.config]),
        volumes: Object.values(volumes ?? {}).map((one) => [one.id, one.state, one.attachedMachine, one.sizeGb]),
      }).toEqual({
        apps: said.apps.map(({ name, secretsVersion }) => [name, secretsVersion]),
        machines: said.machines.map((one) => [one.id, one.state, one.cordoned, one.config]),
        volumes: said.volumes.map((one) => [one.id, one.state, one.attachedMachine, one.sizeGb]),
      });
    };
    const ids = await populate(fly);
    await compare();
    const machine = `/v1/apps/demo/machines/${ids.up}`;
    const { config } = (await fly.get(machine)).body;
    const volume = `/v1/apps/demo/volumes/${fly.inspect().volumes[0]?.id}`;
    const steps: [string, () => Promise<unknown>][] = [
      ['cordon', () => fly.post(`${machine}/cordon`)],
      ['metadata', () => fly.post(`${machine}/metadata/key`, { value: 'v' })],
      ['lease', () => fly.post(`${machine}/lease`, { ttl: 1 })],
      ['restart', () => fly.post(`${machine}/restart`)],
      ['exit', async () => fly.admin.exitMachine('demo', ids.up ?? '', { code: 0 })],
      ['update', () => fly.post(machine, { config: { ...config, env: { A: 'b' } } })],
      ['delete', () => fly.delete(`${machine}?force=true`)],
      ['extend', () => fly.put(`${volume}/extend`, { size_gb: 9 })],
      ['snapshot', () => fly.post(`${volume}/snapshots`)],
      ['delete volume', () => fly.delete(volume)],
      ['remove secret', () => fly.post('/v1/apps/demo/secrets', { values: { KEY: null } })],
      ['delete app', () => fly.delete('/v1/apps/demo?force=true')],
    ];
    for (const [what, step] of steps) {
      await step();
      await compare().catch((error: Error) => {
        throw new Error(`after ${what}: ${error.message}`);
      });
    }
  });

  test('nothing is left beside the files at an orderly end', async () => {
    const fly = await start();
    await populate(fly);
    await fly.stop();
    expect(readdirSync(directory).sort()).toEqual(['certificate-authority.pem', 'logs', 'state.journal', 'state.json']);
    expect(statSync(journal()).size).toBe(0);
  });

  test('a second emulator on the same directory is refused', async () => {
    await start();
    await expect(start()).rejects.toThrow('another emulator is already running on this state directory');
  });

  test('a file of another version is refused and not touched', async () => {
    writeFileSync(file(), '{"format":99}');
    await expect(start()).rejects.toThrow(/another version/);
  });

  test('what was being destroyed is destroyed', async () => {
    const first = await start();
    const ids = await populate(first);
    let copied = false;
    first.requests.onRequest((entry, phase) => {
      if (phase !== 'committed' || entry.method !== 'DELETE') return;
      keepFiles('copy');
      copied = true;
    });
    await first.delete(`/v1/apps/demo/machines/${ids.up}?force=true`);
    await first.stop();
    expect(copied).toBe(true);
    bringBack(path.join(directory, 'copy'));
    const second = await start();
    expect((await second.get(`/v1/apps/demo/machines/${ids.up}/wait?state=destroyed`)).body.state).toBe('destroyed');
    expect(second.inspect().volumes[0]?.attachedMachine).toBeNull();
  });
});
