import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Environment, PlanOptions } from '@sindri/core';
import { createProvider } from '@sindri/provider-docker';
import { createWorkplace } from '@sindri/testkit';
import { openTerminal } from '../e2e/terminal';
import type { EngineApi } from './engine/engine-api.js';
import { describeWithEngine } from './engine/gate.js';
import { sharedEngine, type RunningEngine } from './engine/shared-engine.js';
import { startEngine } from './engine/start-engine.js';
import { createDockerDesk, type DockerDesk } from './environment-on-engine.js';
import { importTestImages } from './image/test-image.js';
import { startRegistry } from './registry/registry.js';

interface Inspected {
  Id: string;
  State: { Status: string; StartedAt: string };
  HostConfig: { Memory: number; NanoCpus: number };
}

describeWithEngine('provider-docker and what an engine can do', () => {
  let engine: RunningEngine;
  let desk: DockerDesk;
  const stops: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    engine = await sharedEngine();
  });
  beforeEach(() => {
    desk = createDockerDesk(engine);
  });
  afterEach(async () => {
    await desk.clear();
    await Promise.all(stops.splice(0).map((stop) => stop()));
  });

  const container = (): Promise<Inspected> => engine.api.call<Inspected>('GET', `/containers/sindri-${desk.name}/json`);
  const inside = async (line: string): Promise<string> => desk.succeed(['exec', '--', line]);

  /** The environment of the desk as a program has it. */
  async function openHere(): Promise<Environment> {
    const config = readFileSync(path.join(desk.dir, 'sindri.yaml'), 'utf8');
    const workplace = createWorkplace({ providers: [createProvider()], config, env: desk.env });
    stops.push(() => Promise.resolve(workplace.remove()));
    return workplace.open();
  }

  test('two deploys at once make one environment', async () => {
    desk.configure();
    const both = await Promise.all([desk.run(['deploy', '--yes']), desk.run(['deploy', '--yes'])]);
    expect(both.map(({ code, stderr }) => [code, code === 0 ? '' : stderr])).toEqual([
      [0, ''],
      [0, ''],
    ]);
    expect(await desk.inventory()).toHaveLength(3);
    expect((await desk.json(['plan'])).document.changes).toEqual([]);

    // One wants another image, the other one more memory: whoever is later, the outcome is one that somebody wanted.
    const other = desk.write('other.yaml', '');
    desk.configure({ image: 'sindri-test:2' });
    writeFileSync(other, readFileSync(path.join(desk.dir, 'sindri.yaml'), 'utf8').replace('256MB', '384MB'));
    await Promise.all([desk.run(['deploy', '--yes']), desk.run(['deploy', '--yes', '-c', other])]);
    await desk.succeed(['deploy', '--yes']);
    expect(await desk.inventory()).toHaveLength(3);
    expect((await desk.json(['plan'])).document.changes).toEqual([]);
  }, 120_000);

  test('memory and cpus change in place, fractions too; the process inside does not notice', async () => {
    desk.configure();
    await desk.succeed(['deploy', '--yes']);
    const before = await container();
    desk.configure({ memory: '384MB', cpus: '0.5' });
    expect(await desk.succeed(['plan'])).not.toMatch(/replace|restart|anew/i);
    await desk.succeed(['deploy', '--yes']);
    const after = await container();
    expect([after.Id, after.State.StartedAt]).toEqual([before.Id, before.State.StartedAt]);
    expect([after.HostConfig.Memory, after.HostConfig.NanoCpus]).toEqual([384 * 1024 ** 2, 5e8]);
    expect((await desk.json(['plan'])).document.changes).toEqual([]);
  }, 120_000);

  test('a published port answers on loopback', async () => {
    desk.configure({ options: ['ports: ["8080"]'] });
    await desk.succeed(['deploy', '--yes']);
    await inside('echo from-inside > /tmp/note; httpd -p 8080 -h /tmp');
    const { document } = await desk.json(['status']);
    const address = (document.addresses as { type: string; value: string; port: number }[]).find(
      ({ type }) => type === 'external',
    );
    expect(address?.value).toBe('127.0.0.1');
    expect(await (await fetch(`http://127.0.0.1:${address?.port ?? 0}/note`)).text()).toBe('from-inside\n');
  }, 120_000);

  test('a crash at start is told with the last lines, and the next deploy mends it', async () => {
    desk.configure({ image: 'sindri-test:crash' });
    const { code, stderr } = await desk.run(['deploy', '--yes']);
    expect(code).toBe(3);
    expect(stderr).toMatch(/no room for them[\s\S]*giving up/);
    const { document } = await desk.json(['status']);
    expect(document.state).toBe('failed');
    desk.configure();
    await desk.succeed(['deploy', '--yes']);
    expect((await desk.json(['status'])).document.state).toBe('running');
  }, 120_000);

  test('an image without the user developer is entered as its own user, in the same home', async () => {
    const image = await withoutDeveloper(engine.api);
    stops.push(async () => void (await engine.api.call('DELETE', `/images/${image}?force=1`)));
    desk.configure({ image });
    await desk.succeed(['deploy', '--yes']);
    expect(await inside('id -un; pwd')).toBe('root\n/alt/home/developer\n');
  }, 120_000);

  test('a secret is inside, and nowhere in what the engine tells', async () => {
    const value = 'two\nlines of "what" $nobody=';
    const env = { DATABASE_URL: value };
    desk.configure({ secrets: ['DATABASE_URL'] });
    const { code, stdout, stderr } = await desk.run(['deploy', '--yes', '--debug'], { env });
    expect([code, code === 0 ? '' : stderr]).toEqual([0, '']);
    expect((await desk.run(['exec', '--', 'printf %s "$DATABASE_URL"'], { env })).stdout).toBe(value);
    const told = JSON.stringify([
      await container(),
      await engine.api.call('GET', `/containers/sindri-${desk.name}/top?ps_args=aux`).catch(() => ''),
      await engine.api.call('GET', '/containers/json?all=1'),
      await engine.api.call('GET', '/volumes'),
      stdout,
      stderr,
    ]);
    for (const part of ['lines of', '$nobody']) expect(told).not.toContain(part);
  }, 120_000);

  test('an image is pulled from a registry that wants a password, with its bytes on the way', async () => {
    const credentials = { username: 'ada', password: 'correct-horse+/==' };
    const registry = await startRegistry(credentials);
    stops.push(() => registry.stop());
    registry.publish('team/sindri', '1', { env: ['SINDRI_TEST_IMAGE=private'] });
    const image = registry.reference('team/sindri', '1');
    desk.configure({ image });

    const refused = await desk.run(['deploy', '--yes']);
    expect(refused.code).not.toBe(0);
    expect(refused.stderr).toMatch(/docker login/);

    const directory = path.join(desk.env.HOME ?? '', '.docker');
    mkdirSync(directory, { recursive: true });
    const auth = Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64');
    writeFileSync(path.join(directory, 'config.json'), JSON.stringify({ auths: { [registry.address]: { auth } } }));
    const { code, stdout, stderr } = await desk.run(['deploy', '--yes', '--output', 'ndjson']);
    expect([code, code === 0 ? '' : stderr]).toEqual([0, '']);
    const events = stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    const progress = events.filter(
      ({ type, progress: amount }) =>
        type === 'change.progress' && (amount as { unit?: string } | undefined)?.unit === 'bytes',
    );
    expect(progress.length).toBeGreaterThan(0);
    expect(stdout + stderr).not.toContain('correct-horse');
    expect(await inside('echo $SINDRI_TEST_IMAGE')).toBe('private\n');
    expect((await desk.json(['plan'])).document.changes).toEqual([]);
  }, 120_000);

  test('a snapshot is taken and restored: what was there then is there again, and the home of before stays beside it', async () => {
    desk.configure();
    await desk.succeed(['deploy', '--yes']);
    const environment = await openHere();
    const perform = async (request: PlanOptions): Promise<void> =>
      void (await environment.apply(await environment.plan(request)));
    await inside('echo then > ~/note');
    await perform({ intent: 'snapshot.create' });
    const [snapshot] = await environment.snapshots();
    expect(snapshot).toMatchObject({ volume: `sindri-${desk.name}-home`, state: 'ready' });
    await inside('echo now > ~/note');
    await perform({ intent: 'snapshot.restore', snapshot: snapshot?.id ?? '' });
    expect(await inside('cat ~/note')).toBe('then\n');
    expect((await desk.json(['plan'])).document.changes).toEqual([]);
    await perform({ intent: 'snapshot.delete', snapshot: snapshot?.id ?? '' });
    expect(await environment.snapshots()).toEqual([]);
    await desk.succeed(['destroy', '--yes']);
    expect(await desk.inventory()).toEqual([]);
  }, 120_000);

  test('who may log in: keys come and go, and a shell under which the container is paused says so', async () => {
    desk.configure();
    await desk.succeed(['deploy', '--yes']);
    const { publicKey, fingerprint } = someKey();
    desk.write('key.pub', `${publicKey} somebody@else\n`);
    const prints = async (): Promise<string> => desk.succeed(['keys', 'list']);
    await desk.succeed(['keys', 'add', path.join(desk.dir, 'key.pub'), '--yes']);
    expect(await prints()).toContain(fingerprint);
    expect((await desk.json(['plan'])).document.changes).toEqual([]);
    await desk.succeed(['keys', 'remove', fingerprint, '--yes']);
    expect(await prints()).not.toContain(fingerprint);

    const terminal = openTerminal(desk, ['connect']);
    await terminal.expect(/developer@\S+.*[$#] /);
    terminal.type('echo re""ady\r');
    await terminal.expect(/ready/);
    await engine.api.call('POST', `/containers/sindri-${desk.name}/pause`);
    await terminal.expect(/suspended[^]*Enter wakes it/);
    terminal.type('\r');
    await terminal.expect(/developer@\S+.*[$#] /);
    terminal.type('exit 0\r');
    expect(await terminal.exited).toBe(0);
  }, 120_000);

  test('connect -A lends an agent, by way of the SSH server inside', async () => {
    desk.configure();
    await desk.succeed(['deploy', '--yes']);
    const socket = path.join(desk.dir, 'agent.sock');
    const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' });
    stops.push(async () => {
      const ended = once(agent, 'exit');
      agent.kill();
      await ended;
    });
    while (!existsSync(socket)) await new Promise((resolve) => setTimeout(resolve, 10));
    const line = 'test -S "$SSH_AUTH_SOCK" && echo lent';
    const { code, stdout, stderr } = await desk.run(['connect', '-A', '--', line], { env: { SSH_AUTH_SOCK: socket } });
    expect([code, stdout, code === 0 ? '' : stderr]).toEqual([0, 'lent\n', '']);
  }, 120_000);

  test('a daemon that restarts, in order or by a crash: the environment is there again, or the next deploy makes it so', async () => {
    const own = await startEngine();
    stops.push(() => own.stop());
    await importTestImages(own.api);
    const there = createDockerDesk(own);
    try {
      there.configure();
      await there.succeed(['deploy', '--yes']);
      await there.succeed(['exec', '--', 'echo kept > ~/note']);
      for (const signal of ['TERM', 'KILL'] as const) {
        await own.end(signal);
        const silent = await there.run(['status']);
        expect(silent.code).not.toBe(0);
        expect(silent.stderr).toMatch(/No Docker Engine answers/);
        await own.start();
        await there.succeed(['deploy', '--yes']);
        expect(await there.succeed(['exec', '--', 'cat ~/note'])).toBe('kept\n');
        expect((await there.json(['plan'])).document.changes).toEqual([]);
      }
      await there.succeed(['destroy', '--yes']);
      expect(await there.inventory()).toEqual([]);
    } finally {
      there.remove();
    }
  }, 120_000);
});

/** A key whose private half nobody has. */
function someKey(): { publicKey: string; fingerprint: string } {
  const [type, bytes] = [Buffer.from('ssh-ed25519'), Buffer.alloc(32, 7)];
  const blob = Buffer.concat([Buffer.from([0, 0, 0, type.length]), type, Buffer.from([0, 0, 0, bytes.length]), bytes]);
  const hash = createHash('sha256').update(blob).digest('base64').replace(/=+$/, '');
  return { publicKey: `ssh-ed25519 ${blob.toString('base64')}`, fingerprint: `SHA256:${hash}` };
}

/** The name of an image of somebody who knows nothing of Sindri's user. */
async function withoutDeveloper(api: EngineApi): Promise<string> {
  const Entrypoint = ['sed', '-i', '/^developer:/d', '/etc/passwd'];
  const json = { Image: 'sindri-test:sleep', Entrypoint };
  const { Id } = await api.call<{ Id: string }>('POST', '/containers/create', { json });
  try {
    await api.call('POST', `/containers/${Id}/start`);
    expect(await api.call('POST', `/containers/${Id}/wait`)).toMatchObject({ StatusCode: 0 });
    const changes = encodeURIComponent('ENTRYPOINT ["sleep", "3600"]');
    await api.call('POST', `/commit?container=${Id}&repo=sindri-test&tag=bare&changes=${changes}`, { json: {} });
    return 'sindri-test:bare';
  } finally {
    await api.call('DELETE', `/containers/${Id}?force=1`);
  }
}
