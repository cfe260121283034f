import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CONFIG, startSubject, type Subject } from './support/fly.js';

const running: Subject[] = [];
const start = async (options: Parameters<typeof startSubject>[0] = {}): Promise<Subject> => {
  const fly = await startSubject(options);
  running.push(fly);
  return fly;
};
afterEach(async () => {
  for (const fly of running.splice(0)) await fly.stop();
});

test('emulators beside each other do not share anything', async () => {
  const [one, two] = await Promise.all([start({ seed: 1 }), start({ seed: 1 })]);
  const ips = await Promise.all(
    [one, two].map(async (fly) => {
      await fly.post('/v1/apps', { name: 'demo', org_slug: 'personal' });
      return (await fly.post('/v1/apps/demo/ip_assignments', { type: 'v4' })).body.ip as string;
    }),
  );
  expect(ips[0]).not.toBe(ips[1]);
  expect((await one.as(two.token).get('/v1/apps/demo')).status).toBe(401);
});

test('it listens on loopback only, on the port asked for', async () => {
  const fly = await start();
  expect(new URL(fly.url).hostname).toBe('127.0.0.1');
  const port = Number(new URL(fly.url).port);
  await expect(start({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
});

test('stop may be called twice, and ends what is waiting', async () => {
  const fly = await start({ latency: { createMs: 60_000 } });
  await fly.post('/v1/apps', { name: 'demo', org_slug: 'personal' });
  const { id } = (await fly.post('/v1/apps/demo/machines', { config: CONFIG })).body;
  const received = new Promise<void>((resolve) => fly.requests.onRequest(() => resolve()));
  const waiting = fly.get(`/v1/apps/demo/machines/${id}/wait`);
  const failed = expect(waiting).rejects.toThrow();
  await received;
  await Promise.all([fly.stop(), fly.stop()]);
  await failed;
});

test('a refused body is 400, an oversized one 413, and neither harms', async () => {
  const fly = await start();
  expect((await fly.post('/v1/apps', 'not json')).status).toBe(400);
  expect((await fly.post('/v1/apps', '[]')).status).toBe(400);
  expect((await fly.post('/v1/apps')).body).toEqual({ error: 'EOF' });
  expect((await fly.get('/v1/platform/regions')).status).toBe(200);
});

describe('machines as real processes', () => {
  let stateDir: string;
  beforeEach(() => {
    stateDir = mkdtempSync(path.join(tmpdir(), 'emulator-real-'));
  });
  afterEach(async () => {
    for (const fly of running.splice(0)) await fly.stop();
    rmSync(stateDir, { recursive: true, force: true });
  });

  test('a volume survives stop, start and the emulator itself; the root does not', async () => {
    const fly = await start({ runtime: 'processes', stateDir });
    await fly.post('/v1/apps', { name: 'demo', org_slug: 'personal' });
    const { ip } = (await fly.post('/v1/apps/demo/ip_assignments', { type: 'v6' })).body;
    const volume = await fly.admin.seedVolume({ app: 'demo', name: 'home_data' });
    const config = {
      image: 'ghcr.io/acme/sindri:3.0.0',
      mounts: [{ volume, path: '/alt/home/developer' }],
      services: [{ internal_port: 2222, ports: [{ port: 10022 }], autostart: true }],
      checks: { ssh: { type: 'tcp', port: 2222, interval: '30s' } },
    };
    const { id } = (await fly.post('/v1/apps/demo/machines', { config })).body;
    const machine = `/v1/apps/demo/machines/${id}`;
    expect((await fly.get(`${machine}/wait?state=started&timeout=60`)).status).toBe(200);
    const sh = async (on: Subject, script: string) =>
      (await on.post(`${machine}/exec`, { command: ['sh', '-c', script] })).body;
    expect(await sh(fly, 'echo kept > "$ALT_HOME/note"; cat "$ALT_HOME/note"; echo $FLY_APP_NAME')).toMatchObject({
      exit_code: 0,
      stdout: 'kept\ndemo\n',
    });
    await fly.post(`${machine}/stop`, { timeout: '1s' });
    await fly.get(`${machine}/wait?state=stopped&timeout=60`);
    await fly.post(`${machine}/start`);
    await fly.get(`${machine}/wait?state=started&timeout=60`);
    expect((await sh(fly, 'cat "$ALT_HOME/note"')).stdout).toBe('kept\n');
    await fly.edge.ready();
    expect(await banner(ip)).toMatch(/^SSH-2\.0-/);
    await fly.stop();

    const again = await start({ runtime: 'processes', stateDir });
    expect(again.inspect().machines).toMatchObject([{ id, state: 'started' }]);
    expect((await sh(again, 'cat "$ALT_HOME/note"')).stdout).toBe('kept\n');
    expect(await banner(ip)).toMatch(/^SSH-2\.0-/);
    const snapshot = await again.post(`/v1/apps/demo/volumes/${volume}/snapshots`);
    const restored = await again.post('/v1/apps/demo/volumes', {
      name: 'restored',
      region: 'iad',
      snapshot_id: snapshot.body.Msg.id,
    });
    expect(restored.status).toBe(200);
    await again.delete('/v1/apps/demo?force=true');
    expect(again.inspect().machines).toEqual([]);
  }, 60_000);

  test('a program that ends is an exit event with its code and its last lines in the log', async () => {
    const fly = await start({ runtime: 'processes', stateDir, latency: { restartMs: 0 } });
    await fly.post('/v1/apps', { name: 'demo', org_slug: 'personal' });
    const init = { exec: ['/bin/sh', '-c', 'echo about to fail; exit 23'] };
    const { id } = (
      await fly.post('/v1/apps/demo/machines', { config: { ...CONFIG, init, restart: { policy: 'no' } } })
    ).body;
    await fly.get(`/v1/apps/demo/machines/${id}/wait?state=stopped&timeout=60`);
    const [exit] = (await fly.get(`/v1/apps/demo/machines/${id}/events?limit=1`)).body;
    expect(exit).toMatchObject({ type: 'exit', request: { exit_event: { exit_code: 23, requested_stop: false } } });
    expect(JSON.stringify((await fly.get('/api/v1/apps/demo/logs')).body)).toContain('about to fail');
  }, 30_000);
});

function banner(host: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port: 10022 });
    socket.once('data', (chunk) => {
      resolve(chunk.toString());
      socket.destroy();
    });
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('closed without a banner')));
  });
}
