import { copyFileSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
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
      const copy = path.join(directory, `copy-${entry.index}`);
      copyFileSync(file(), copy);
      copies.push(copy);
    });
    await populate(first);
    const expected = first.inspect();
    await first.stop();
    // As if the emulator had been killed right after its last answer, in the middle of suspending.
    copyFileSync(copies.at(-1) ?? '', file());
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

  test('the file is for nobody else', async () => {
    await start();
    expect(statSync(file()).mode & 0o777).toBe(0o600);
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
      copyFileSync(file(), path.join(directory, 'copy'));
      copied = true;
    });
    await first.delete(`/v1/apps/demo/machines/${ids.up}?force=true`);
    await first.stop();
    expect(copied).toBe(true);
    copyFileSync(path.join(directory, 'copy'), file());
    const second = await start();
    expect((await second.get(`/v1/apps/demo/machines/${ids.up}/wait?state=destroyed`)).body.state).toBe('destroyed');
    expect(second.inspect().volumes[0]?.attachedMachine).toBeNull();
  });
});
