import { readFileSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { createIdentity, hostKeyStore } from '@sindri/ssh';
import type { Environment, Session, SindriEvent } from '@sindri/core';
import { createWorkplace, quickstart, type Workplace } from '../support/workplace';

describe('getting in', () => {
  let workplace: Workplace;
  let environment: Environment;

  beforeEach(async () => {
    workplace = await createWorkplace();
    await workplace.deploy();
    environment = await workplace.open();
    workplace.events.length = 0;
  });

  afterEach(() => workplace.remove());

  const run = async (command: string): Promise<{ code: number | null; stdout: string }> => {
    const session = await environment.session({ command });
    return finish(session);
  };
  const phases = (): string[] =>
    workplace.events.flatMap((event: SindriEvent) => (event.type === 'phase.started' ? [event.phase] : []));

  it('logs in with the key that deploy made, over the address that Fly gave', async () => {
    const ended = await run('echo hello');
    expect(ended).toEqual({ code: 0, stdout: expect.stringContaining('hello') });
    expect(phases()).toEqual(expect.arrayContaining(['host-key', 'dial', 'authenticate']));
    const keys = path.join(workplace.home, 'state/ssh/keys');
    const [dir] = readdirSync(keys);
    expect(statSync(path.join(keys, dir as string, 'id_ed25519')).mode & 0o777).toBe(0o600);
  });

  it('asks for the host key once, then trusts the pin', async () => {
    await run('true');
    workplace.events.length = 0;
    workplace.emulator.requests.clear();
    await run('true');
    expect(phases()).not.toContain('host-key');
    expect(workplace.emulator.requests.list().filter(({ path: asked }) => asked.endsWith('/exec'))).toEqual([]);
  });

  it.each(['stop', 'suspend'] as const)('wakes the machine after %s', async (how) => {
    const small = quickstart.replace('4GB', '2GB');
    await workplace.deploy({ config: small });
    await environment[how]();
    workplace.events.length = 0;
    expect((await run('echo awake')).stdout).toContain('awake');
    expect(phases()[0]).toBe('wake');
    expect(workplace.emulator.inspect().machines[0]?.state).toBe('started');
  });

  it('tells an SSH client all it needs', async () => {
    const target = await environment.sshTarget();
    expect(target).toMatchObject({
      user: 'developer',
      hostKeyAlias: 'my-sindri-fly.fly.dev',
      addresses: [{ port: 10022 }],
      hostKeys: [expect.stringMatching(/^ssh-ed25519 /)],
    });
    expect(readFileSync(target.identityFile as string, 'utf8')).toContain('PRIVATE KEY');
  });

  it('learns new host keys through the API when the old pin no longer fits', async () => {
    await run('true');
    const store = path.join(workplace.home, 'state/ssh/known_hosts');
    const other = await createIdentity({ stateDir: path.join(workplace.home, 'other'), environment: 'x' });
    await hostKeyStore(path.join(workplace.home, 'state')).set('my-sindri-fly.fly.dev', [other.publicKey]);
    expect(readdirSync(store)).toHaveLength(1);
    expect((await run('echo again')).stdout).toContain('again');
    expect(workplace.events).toContainEqual(expect.objectContaining({ type: 'notice', code: 'FLY_HOST_KEY_CHANGED' }));
  });

  it('learns the host keys of a new volume without a false alarm', async () => {
    await run('true');
    await workplace.destroy();
    await workplace.deploy();
    workplace.events.length = 0;
    expect((await run('echo new')).stdout).toContain('new');
    expect(phases()).toContain('host-key');
    expect(workplace.events.filter(({ type }) => type === 'notice')).toEqual([]);
  });

  it('offers the private half of the key that the config names', async () => {
    const keys = path.join(workplace.home, 'keys');
    const key = await createIdentity({ stateDir: keys, environment: 'work' });
    const file = path.relative(workplace.home, key.kind === 'agent' ? '' : key.path);
    const config = `${quickstart}secrets:\n  - name: AUTHORIZED_KEYS\n    source: env\n    fromFile: ~/${file}.pub\n`;
    await workplace.deploy({ config });
    environment = await workplace.open({ config, stateDir: path.join(workplace.home, 'elsewhere') });
    expect((await run('echo mine')).stdout).toContain('mine');
    expect((await environment.sshTarget()).identityFile).toBe(path.join(workplace.home, file));
  });

  it('says when no key of this computer is admitted, and none can be', async () => {
    environment = await workplace.open({ stateDir: path.join(workplace.home, 'elsewhere') });
    await createIdentity({ stateDir: path.join(workplace.home, 'elsewhere'), environment: 'my-sindri-fly' });
    // The host keys are read by the first one, and the key would be let in by the second, which is tried again like a read.
    workplace.emulator.faults.inject({
      name: 'server-error',
      times: 5,
      match: { method: 'POST', path: '/v1/apps/*/machines/*/exec', nth: 2 },
    });
    await expect(run('true')).rejects.toMatchObject({ code: 'SSH_AUTH_FAILED', kind: 'auth' });
    expect(workplace.events).toContainEqual(expect.objectContaining({ type: 'notice', code: 'FLY_KEY_NOT_FOUND' }));
  });

  it('lets a second user in without locking the first one out', async () => {
    const other = path.join(workplace.home, 'elsewhere');
    await workplace.deploy({ stateDir: other });
    const second = await workplace.open({ stateDir: other });
    expect((await finish(await second.session({ command: 'echo second' }))).stdout).toContain('second');
    expect((await run('echo first')).stdout).toContain('first');
  });

  it('goes inside TLS over the shared IPv4, waking the machine, and trusts no other authority', async () => {
    await environment.stop();
    const ended = await finish(await environment.session({ command: 'echo inside; exit 4', method: 'tls' }));
    expect(ended).toEqual({ code: 4, stdout: expect.stringContaining('inside') });
    const doubting = await workplace.open({ env: { FLY_EDGE_CA_FILE: undefined } });
    await expect(doubting.session({ command: 'true', method: 'tls' })).rejects.toMatchObject({
      code: 'SSH_UNREACHABLE',
      message: expect.stringContaining('an authority that this computer does not trust'),
    });
    await environment.stop();
    await expect(doubting.session({ command: 'true', method: 'tls' })).rejects.toMatchObject({
      code: 'SSH_UNREACHABLE',
    });
  });

  it('uses the dedicated IPv4 where there is one', async () => {
    const config = quickstart.replace('region: sjc', 'region: sjc\n    dedicatedIpv4: true');
    await workplace.deploy({ config });
    const types = workplace.emulator.inspect().ips.map(({ type }) => type);
    expect(types).toEqual(expect.arrayContaining(['v4', 'v6']));
    environment = await workplace.open({ config });
    const session = await environment.session({ command: 'echo four', method: 'dedicated' });
    expect((await finish(session)).stdout).toContain('four');
  });

  it.each([
    ['carrier-pigeon', 'CONNECTION_METHOD_UNKNOWN'],
    ['dedicated', 'FLY_NO_DEDICATED_IPV4'],
  ])('refuses the connection method %s', async (method, code) => {
    await expect(environment.session({ command: 'true', method })).rejects.toMatchObject({ code, kind: 'usage' });
  });

  it('runs a command through the API', async () => {
    const result = await environment.exec({ command: ['echo', 'hi'] });
    expect(result).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('hi') });
    await environment.stop();
    await expect(environment.exec({ command: ['true'] })).rejects.toMatchObject({ code: 'FLY_NOT_RUNNING' });
  });

  it('says that a command took too long also when Fly says so sooner than it was told', async () => {
    workplace.emulator.faults.inject({
      name: 'request-timeout',
      match: { method: 'POST', path: '/v1/apps/*/machines/*/exec' },
    });
    await expect(environment.exec({ command: ['true'], timeoutMs: 50_000 })).rejects.toMatchObject({
      code: 'FLY_EXEC_TIMED_OUT',
      message: expect.stringContaining('longer than 1 s'),
    });
  });

  it('says that nothing is deployed', async () => {
    const other = await workplace.open({ config: quickstart.replace('my-sindri-fly', 'not-there') });
    for (const attempt of [
      () => other.session({ command: 'true' }),
      () => other.exec({ command: ['true'] }),
      () => other.start(),
      () => other.sshTarget(),
    ]) {
      await expect(attempt()).rejects.toMatchObject({ code: 'FLY_NOT_DEPLOYED', kind: 'refused' });
    }
  });

  it('reads the log, also while it grows', async () => {
    const lines = [];
    for await (const line of environment.logs({ follow: false })) lines.push(line);
    expect(lines.length).toBeGreaterThan(0);
    const last = [];
    for await (const line of environment.logs({ follow: false, tail: 1 })) last.push(line);
    expect(last).toEqual(lines.slice(-1));
  });
});

async function finish(session: Session): Promise<{ code: number | null; stdout: string }> {
  const chunks: Buffer[] = [];
  session.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  session.stderr.resume();
  session.stdin.end();
  const { code } = await session.exited;
  return { code, stdout: Buffer.concat(chunks).toString('utf8') };
}
