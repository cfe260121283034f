import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
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
import type { Duplex } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { inspect } from 'node:util';
import { systemClock as waitingClock, type Clock, type Environment, type Session, type TunnelPeer } from '@sindri/core';
import { createSystemClock, startFlyEmulator } from '@sindri/fly-emulator';
import { generateKeyPair, openTunnel, systemClock, udpEndpoint } from '@sindri/wireguard';
import { Agent, type Dispatcher } from 'undici';
import { freePort } from '../../../../test/free-port';
import { ownTime } from '../../../../test/own-time';
import { fastClock } from '../support/context';
import { createWorkplace, type Workplace } from '../support/workplace';

const HOUR_MS = 3_600_000;
const ECHO = { command: 'echo inside', method: 'hallpass' };
/** A port behind which the simulated machine sends back what it gets. */
const ECHO_PORT = 7000;

describe('the private network', () => {
  let workplace: Workplace;
  let environment: Environment;
  let dispatcher: Dispatcher;
  /** So much later it is at the emulator. */
  let aheadMs = 0;
  const errors: unknown[] = [];
  /** Bodies of the requests, and what becomes of them on the way. */
  const bodies: string[] = [];
  let onTheWay = (body: string): string => body;

  beforeAll(async () => {
    const clock = { ...createSystemClock(), now: () => Date.now() + aheadMs, advance: () => Promise.resolve() };
    workplace = await createWorkplace({ clock, idleTimeoutMs: 100 * HOUR_MS });
    dispatcher = new Agent().compose((dispatch) => (request, handler) => {
      if (typeof request.body !== 'string') return dispatch(request, handler);
      bodies.push(request.body);
      return dispatch({ ...request, body: onTheWay(request.body) }, handler);
    });
    await workplace.deploy();
    await addEchoPort(workplace);
    environment = await workplace.open({ dispatcher });
  });

  afterAll(() => workplace.remove());

  /** What it is refused with. */
  const refusal = (work: Promise<unknown>): Promise<unknown> =>
    work.then(
      () => Promise.reject(new Error('nothing was refused')),
      (error: unknown) => {
        errors.push(error);
        return error;
      },
    );

  const run = async (method: string, command: string): Promise<{ code: number | null; stdout: string }> =>
    finish(await environment.session({ command, method }));

  it("logs in at Fly's own SSH server with a certificate, without any key of this computer, and tells the exit code", async () => {
    bodies.length = 0;
    expect(await run('hallpass', 'echo certified && exit 3')).toEqual({ code: 3, stdout: 'certified\n' });
    // Whose network it is was asked once, for the tunnel and for the certificate: nobody was in it before.
    expect(bodies.filter((body) => body.includes('network organization'))).toHaveLength(1);
    // Its public addresses lead elsewhere.
    expect(workplace.emulator.requests.list().at(-1)).toMatchObject({ path: '/graphql' });
  });

  it('carries SSH to the server of the image, which is checked as ever', async () => {
    expect(await run('proxy', 'echo through; exit 7')).toEqual({ code: 7, stdout: expect.stringContaining('through') });
  });

  it('makes one peer, whose key only this user can read, and uses it again', async () => {
    const folder = path.join(workplace.home, 'state/fly/wireguard');
    const [network] = readdirSync(folder);
    const files = readdirSync(path.join(folder, network as string));
    expect(files).toEqual(['1.json', '1.json.held']);
    const file = path.join(folder, network as string, '1.json');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const { privateKey } = JSON.parse(readFileSync(file, 'utf8')) as { privateKey: string };
    expect(JSON.stringify(workplace.emulator.requests.list())).not.toContain(privateKey);
    expect(await run('hallpass', 'true')).toEqual({ code: 0, stdout: '' });
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ privateKey });
  });

  it('gives each of several commands at a time a peer of its own', async () => {
    const other = await workplace.open();
    const ends = await Promise.all([
      environment.session({ command: 'echo one', method: 'hallpass' }).then(finish),
      other.session({ command: 'echo two', method: 'hallpass' }).then(finish),
    ]);
    expect(ends.map(({ stdout }) => stdout)).toEqual(['one\n', 'two\n']);
  });

  it('asks for the certificate of the organization that is remembered while Fly tells whose network it is, and again where that was wrong', async () => {
    const folder = path.join(workplace.home, 'state/fly/networks');
    const file = path.join(folder, readdirSync(folder)[0] as string);
    const remembered = readFileSync(file, 'utf8');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const isFor = (id: string) => bodies.some((body) => body.includes('validHours') && body.includes(id));
    const hallpass = async () => finish(await (await workplace.open({ dispatcher })).session(ECHO));

    bodies.length = 0;
    const second = new AbortController();
    let asked = 0;
    const stop = workplace.emulator.requests.onRequest(async ({ path: to }, phase) => {
      if (to !== '/graphql' || phase !== 'received') return;
      asked += 1;
      if (asked === 1) await over(second.signal);
      else second.abort();
    });
    expect(await hallpass()).toMatchObject({ stdout: 'inside\n' });
    stop();
    expect(bodies.filter((body) => body.includes('validHours'))).toHaveLength(1);

    const { organization } = JSON.parse(remembered) as { organization: { id: string } };
    bodies.length = 0;
    writeFileSync(file, remembered.replace(organization.id, 'of-others'));
    expect(await hallpass()).toMatchObject({ stdout: 'inside\n' });
    expect([isFor('of-others'), isFor(organization.id)]).toEqual([true, true]);
    expect(readFileSync(file, 'utf8')).toBe(remembered);
  });

  it('wakes a machine that sleeps without waiting for the private network, and enters that meanwhile', async () => {
    await environment.suspend();
    const own = await workplace.open({ stateDir: path.join(workplace.home, 'state-of-sleep') });
    const [woken, looked] = [new AbortController(), new AbortController()];
    // Whose network it is, and which machines there are, are both asked before either is answered; the network only after the wake-up.
    const stop = workplace.emulator.requests.onRequest(async ({ path: asked }, phase) => {
      if (phase !== 'received') return;
      if (asked.endsWith('/start')) woken.abort();
      if (asked === '/graphql') {
        looked.abort();
        await over(woken.signal);
      } else if (asked.endsWith('/machines')) await over(looked.signal);
    });
    expect(await finish(await own.session({ command: 'exit 5', method: 'proxy' }))).toMatchObject({ code: 5 });
    stop();
    expect(woken.signal.aborted && looked.signal.aborted).toBe(true);
  });

  it('says under a terminal that the machine fell asleep, whichever way led to it, and comes back', async () => {
    const { clock, leap } = leapingClock();
    const own = await workplace.open({ clock, stateDir: path.join(workplace.home, 'state-of-terminals') });
    const terminal = { columns: 80, rows: 24, type: 'xterm' };
    for (const method of ['direct', 'tls', 'proxy', 'hallpass']) {
      const { stdout, exited } = await own.session({ terminal, method });
      stdout.resume();
      const refused = refusal(exited);
      await environment.suspend();
      leap(60_000);
      expect(await refused).toMatchObject({
        code: 'FLY_MACHINE_ASLEEP',
        retryable: true,
        hint: expect.any(String) as string,
      });
      expect(await finish(await own.session({ command: 'exit 6', method }))).toMatchObject({ code: 6 });
    }
    const { stdout, exited } = await own.session({ terminal, method: 'hallpass' });
    stdout.resume();
    const refused = refusal(exited);
    await removePeers(workplace);
    leap(60_000);
    expect(await refused).toMatchObject({ code: 'FLY_PEER_GONE', retryable: true });
    expect(await run('hallpass', 'exit 6')).toMatchObject({ code: 6 });
  });

  it('reaches a port without a login, and says when nothing listens there', async () => {
    const stream = await environment.dial({ port: 2222, method: 'proxy' });
    const banner = await new Promise<string>((resolve) =>
      stream.once('data', (data: Buffer) => resolve(data.toString())),
    );
    expect(banner).toMatch(/^SSH-2\.0-/);
    stream.destroy();
    await expect(environment.dial({ port: 9, method: 'proxy' })).rejects.toMatchObject({ code: 'PORT_NOT_LISTENING' });
  });

  it('asks nothing where the last connection has just found the machine, and wakes one that went to sleep meanwhile', async () => {
    const talk = async (text: string): Promise<string> => {
      const stream = await environment.dial({ port: ECHO_PORT, method: 'proxy' });
      stream.end(text);
      return (await buffer(stream)).toString();
    };
    expect(await talk('first')).toBe('first');
    const before = workplace.emulator.requests.list().length;
    expect(await talk('second')).toBe('second');
    expect(workplace.emulator.requests.list()).toHaveLength(before);
    await post(workplace, 'stop');
    await workplace.emulator.admin.untilState('my-sindri-fly', 'my-sindri-fly-1', 'stopped');
    expect(await talk('woken')).toBe('woken');
  });

  it('asks for the token as little: a keyring may take long', async () => {
    const home = path.join(workplace.home, 'home-with-file');
    const file = path.join(home, '.fly/config.yml');
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, `access_token: ${workplace.emulator.token}\n`);
    const env = { HOME: home, FLY_ACCESS_TOKEN: undefined, FLY_API_TOKEN: undefined };
    const own = await workplace.open({ env, stateDir: path.join(home, 'state') });
    const first = await own.dial({ port: ECHO_PORT, method: 'proxy' });
    rmSync(file);
    (await own.dial({ port: ECHO_PORT, method: 'proxy' })).destroy();
    first.destroy();
  });

  it('carries 10 MB both ways intact', async () => {
    const sent = randomBytes(10_000_000);
    const stream = await environment.dial({ port: ECHO_PORT, method: 'proxy' });
    stream.end(sent);
    expect((await buffer(stream)).equals(sent)).toBe(true);
  });

  it('hears the answer that comes after its own end', async () => {
    const stream = await environment.dial({ port: ECHO_PORT, method: 'proxy' });
    stream.end('question');
    await new Promise((resolve) => stream.once('finish', resolve));
    expect((await buffer(stream)).toString()).toBe('question');
  });

  it('is through again within 3 s when the peer of an open network was removed at Fly, with one new peer for all', async () => {
    const held = await environment.dial({ port: ECHO_PORT, method: 'proxy' });
    held.on('error', () => undefined);
    await removePeers(workplace);
    const time = ownTime();
    const dial = () => environment.dial({ port: ECHO_PORT, method: 'proxy' });
    // One begins just before the old way is given up: Fly is asked then whether it knows the peer.
    const late = new Promise<Duplex>((resolve, reject) => {
      const stop = workplace.emulator.requests.onRequest(({ path: asked }) => {
        if (asked !== '/graphql') return;
        stop();
        dial().then(resolve, reject);
      });
    });
    const streams = await Promise.all([dial(), dial(), late]);
    time.stop();
    expect(time.elapsedMs()).toBeLessThan(3_000);
    for (const stream of streams) {
      stream.end('again');
      expect((await buffer(stream)).toString()).toBe('again');
    }
    expect(await peersOf(workplace)).toHaveLength(1);
    held.destroy();
  });

  it('replaces a kept peer that was removed at Fly without asking', async () => {
    const before = await peersOf(workplace);
    await removePeers(workplace);
    const later = await workplace.open({ clock: fastClock(10) });
    const stream = await later.dial({ port: ECHO_PORT, method: 'proxy' });
    stream.end('replaced');
    expect((await buffer(stream)).toString()).toBe('replaced');
    const [now] = await peersOf(workplace);
    expect(now).toMatch(/^interactive-sindri-/);
    expect(before).not.toContain(now);
  });

  it('replaces a peer that was removed, although whoever has opened the network was interrupted since', async () => {
    const own = await workplace.open({ stateDir: path.join(workplace.home, 'state-of-first') });
    const [tunnel, first] = [new AbortController(), new AbortController()];
    const request = { port: ECHO_PORT, method: 'proxy', until: tunnel.signal };
    const opened = await own.dial(request, { signal: first.signal });
    opened.on('error', () => undefined);
    first.abort(new Error('enough'));
    opened.destroy();
    await once(opened, 'close');
    await removePeers(workplace);
    const stream = await own.dial(request);
    stream.end('again');
    expect((await buffer(stream)).toString()).toBe('again');
    tunnel.abort();
  });

  it('replaces a kept peer whose address is none', async () => {
    const stateDir = path.join(workplace.home, 'state-of-damage');
    const first = await workplace.open({ stateDir });
    (await first.dial({ port: ECHO_PORT, method: 'proxy' })).destroy();
    const [{ keyFile }] = (await first.tunnelPeers()) as [TunnelPeer];
    await untilFree(keyFile);
    const kept = JSON.parse(readFileSync(keyFile as string, 'utf8')) as Kept;
    writeFileSync(keyFile as string, JSON.stringify({ ...kept, address: 'fdaa:zz' }));
    const later = await workplace.open({ stateDir });
    (await later.dial({ port: ECHO_PORT, method: 'proxy' })).destroy();
    expect((JSON.parse(readFileSync(keyFile as string, 'utf8')) as Kept).address).toMatch(/^fdaa:/);
  });

  it('replaces a kept peer with which the gateway has seen a later time, as after a clock was set back', async () => {
    const stateDir = path.join(workplace.home, 'state-of-clock');
    const first = await workplace.open({ stateDir });
    (await first.dial({ port: ECHO_PORT, method: 'proxy' })).destroy();
    const [{ name: before, keyFile }] = (await first.tunnelPeers()) as [TunnelPeer];
    await untilFree(keyFile);
    const { privateKey, address, gateway } = JSON.parse(readFileSync(keyFile as string, 'utf8')) as Kept;
    const ahead = openTunnel({
      privateKey,
      address,
      peer: { publicKey: gateway.publicKey, allowedIps: ['fdaa::/16'] },
      transports: [(receive) => udpEndpoint(gateway.host, 51820, receive)],
      clock: { ...systemClock, wallTime: () => Date.now() + HOUR_MS },
    });
    await ahead.ready(30_000);
    ahead.close();

    const later = await workplace.open({ stateDir, clock: fastClock(10) });
    const stream = await later.dial({ port: ECHO_PORT, method: 'proxy' });
    stream.end('an hour ago');
    expect((await buffer(stream)).toString()).toBe('an hour ago');
    expect((await later.tunnelPeers()).map(({ name }) => name)).not.toContain(before);
  });

  it.each(['proxy', 'tls'])('%s: refuses a server that shows another host key than the API tells', async (method) => {
    const other = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGm0pSe8GZq2pB7zTrNNnsAIVqUYMwHmBFQAqTDDLcQ2';
    const answer = JSON.stringify({ command: ['echo', other] });
    onTheWay = (body) => (body.includes('"command"') ? answer.padEnd(body.length) : body);
    const own = await workplace.open({ dispatcher, stateDir: path.join(workplace.home, `state-of-${method}`) });
    const refused = await refusal(own.session({ command: 'true', method }));
    onTheWay = (body) => body;
    expect(refused).toMatchObject({ code: 'SSH_HOST_KEY_MISMATCH', kind: 'policy' });
  });

  it('says so when the certificate is over, or is for the machines of another app', async () => {
    const clear = {
      code: 'SSH_AUTH_FAILED',
      kind: 'auth',
      message: expect.stringContaining('(certificate)') as string,
      hint: expect.stringContaining('The certificate may be over') as string,
    };
    const stop = workplace.emulator.requests.onRequest((request, phase) => {
      aheadMs = request.path === '/graphql' && phase === 'answered' ? 2 * HOUR_MS : 0;
    });
    expect(await refusal(run('hallpass', 'true'))).toMatchObject(clear);
    stop();
    aheadMs = 0;
    // As long as the real name, which the length of the body tells.
    workplace.emulator.admin.seedApp({ name: 'some-other-ap' });
    onTheWay = (body) => (body.includes('validHours') ? body.replace('my-sindri-fly', 'some-other-ap') : body);
    expect(await refusal(run('hallpass', 'true'))).toMatchObject(clear);
    onTheWay = (body) => body;
    expect(await run('hallpass', 'true')).toMatchObject({ code: 0 });
  });

  it('lists whose every peer is, and removes what no command uses', async () => {
    await removePeers(workplace);
    const own = await workplace.open({ stateDir: path.join(workplace.home, 'state-of-peers') });
    const states = async () => (await own.tunnelPeers()).map(({ name, state }) => [name, state]);
    const tunnel = new AbortController();
    const open = await own.dial({ port: ECHO_PORT, method: 'proxy', until: tunnel.signal });
    const [mine] = (await peersOf(workplace)) as [string];
    const lost = `${mine.slice(0, -12)}0123456789ab`;
    const theirs = 'interactive-laptop-ada';
    await addPeers(workplace, [theirs, lost]);

    expect(await states()).toEqual([
      [mine, 'in-use'],
      [lost, 'keyless'],
      [theirs, 'foreign'],
    ]);
    const [peer] = (await own.tunnelPeers()) as [TunnelPeer];
    const keyFile = peer.keyFile as string;
    expect(peer).toMatchObject({ region: 'iad', address: expect.stringMatching(/^fdaa:/) as string });
    expect(Date.parse(peer.createdAt as string)).toBeLessThanOrEqual(Date.now());
    expect(statSync(keyFile).mode & 0o777).toBe(0o600);
    await expect(own.removeTunnelPeer(mine)).rejects.toMatchObject({ code: 'FLY_PEER_IN_USE', kind: 'refused' });
    for (const name of [lost, theirs, 'nosuch']) await own.removeTunnelPeer(name);
    expect(await states()).toEqual([[mine, 'in-use']]);

    open.destroy();
    await once(open, 'close');
    tunnel.abort();
    await untilFree(keyFile);
    expect(await states()).toEqual([[mine, 'kept']]);
    await removePeers(workplace);
    expect(await states()).toEqual([[mine, 'forgotten']]);
    await own.removeTunnelPeer(mine);
    expect(await states()).toEqual([]);
    expect(existsSync(keyFile)).toBe(false);
  });

  it('shows no key and no token in events, errors and bodies of requests', () => {
    const folder = path.join(workplace.home, 'state/fly/wireguard');
    const kept = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.json'));
    const keys = kept.map((name) => {
      const { privateKey } = JSON.parse(readFileSync(path.join(folder, name), 'utf8')) as { privateKey: string };
      return privateKey;
    });
    expect(keys.length).toBeGreaterThan(0);
    expect(bodies.join('\n')).toContain('addWireGuardPeer');
    const shown = [workplace.events, errors, bodies].map((what) => inspect(what, inspectAll)).join('\n');
    for (const secret of [...keys, workplace.emulator.token, 'PRIVATE KEY']) expect(shown).not.toContain(secret);
  });
});

describe('a gateway that never answers', () => {
  let workplace: Workplace;

  beforeAll(async () => {
    // It listens where nobody looks for it.
    workplace = await createWorkplace({ gatewayPorts: { udp: 0, webSocket: 0 } });
    await workplace.deploy();
  });

  afterAll(() => workplace.remove());

  it('is an error that says what else to do, each time, and leaves one peer', async () => {
    const environment = await workplace.open({ clock: fastClock(50) });
    const silent = {
      code: 'FLY_GATEWAY_SILENT',
      kind: 'transport',
      hint: expect.stringContaining('--method direct') as string,
    };
    for (let time = 1; time <= 2; time++) {
      await expect(environment.dial({ port: 2222, method: 'proxy' })).rejects.toMatchObject(silent);
    }
    for (const method of ['proxy', 'hallpass']) {
      await expect(environment.session({ command: 'true', method })).rejects.toMatchObject(silent);
    }
    expect(await peersOf(workplace)).toHaveLength(1);
  });
});

describe('a gateway that was started anew', () => {
  it('carries the next connection, without a new peer', async () => {
    const home = mkdtempSync(path.join(tmpdir(), 'sindri-emulator-'));
    const options = { runtime: 'simulated', stateDir: home, port: await freePort() } as const;
    const workplace = await createWorkplace(options);
    await workplace.deploy();
    const environment = await workplace.open();
    const dial = () => environment.dial({ port: 22, method: 'proxy' });
    const held = await dial();
    held.on('error', () => undefined);
    const before = await peersOf(workplace);
    await workplace.emulator.stop();
    const again = await startFlyEmulator(options);
    const stream = await dial();
    await once(stream, 'data');
    stream.destroy();
    held.destroy();
    expect(await peersOf({ ...workplace, emulator: again })).toEqual(before);
    await again.stop();
    await workplace.remove();
    rmSync(home, { recursive: true, force: true });
  });
});

const inspectAll = { depth: 20, showHidden: true, maxArrayLength: null, maxStringLength: null } as const;

/** Somebody gives the machine another service. */
async function addEchoPort({ emulator }: Workplace): Promise<void> {
  const place = `${emulator.url}/v1/apps/my-sindri-fly/machines/${emulator.inspect().machines[0]?.id}`;
  const headers = { authorization: `Bearer ${emulator.token}`, 'content-type': 'application/json' };
  const { config } = (await (await fetch(place, { headers })).json()) as { config: { services: object[] } };
  const echo = { internal_port: ECHO_PORT, protocol: 'tcp', ports: [{ port: ECHO_PORT }] };
  const body = JSON.stringify({ config: { ...config, services: [...config.services, echo] } });
  expect((await fetch(place, { method: 'POST', headers, body })).status).toBe(200);
  await emulator.admin.untilState('my-sindri-fly', 'my-sindri-fly-1', 'started');
}

/** As somebody would with another tool. */
async function post({ emulator }: Workplace, action: string): Promise<void> {
  const place = `${emulator.url}/v1/apps/my-sindri-fly/machines/${emulator.inspect().machines[0]?.id}/${action}`;
  const headers = { authorization: `Bearer ${emulator.token}` };
  expect((await fetch(place, { method: 'POST', headers })).status).toBe(200);
}

interface Peers {
  organization: { id: string; wireGuardPeers: { nodes: { name: string }[] } };
}

const PEERS = '{ organization(slug: "personal") { id wireGuardPeers { nodes { name } } } }';
const REMOVE =
  'mutation($input: RemoveWireGuardPeerInput!) { removeWireGuardPeer(input: $input) { organization { id } } }';

/** Whoever sleeps for long is woken when a test says that the time has passed. */
function leapingClock(): { clock: Clock; leap(ms: number): void } {
  let aheadMs = 0;
  const sleepers = new Set<() => void>();
  const sleepLong = (signal: AbortSignal | undefined): Promise<void> =>
    new Promise((resolve, reject) => {
      sleepers.add(resolve);
      signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    });
  return {
    clock: {
      now: () => Date.now() + aheadMs,
      sleep: (ms, signal) => (ms < 5_000 ? waitingClock.sleep(ms, signal) : sleepLong(signal)),
    },
    leap(ms) {
      aheadMs += ms;
      for (const wake of sleepers) wake();
      sleepers.clear();
    },
  };
}

interface Kept {
  privateKey: string;
  address: string;
  gateway: { host: string; publicKey: string };
}

async function over(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort');
}

/** Until no command holds the peer any more. */
async function untilFree(keyFile: string | null): Promise<void> {
  while (existsSync(`${keyFile}.held`)) await new Promise((resolve) => setTimeout(resolve, 20));
}

const ADD = 'mutation($input: AddWireGuardPeerInput!) { addWireGuardPeer(input: $input) { peerip } }';

/** As other computers and tools do. */
async function addPeers(workplace: Workplace, names: readonly string[]): Promise<void> {
  const { organization } = await ask<Peers>(workplace, PEERS);
  for (const name of names) {
    const { publicKey: pubkey } = generateKeyPair();
    await ask(workplace, ADD, { input: { organizationId: organization.id, name, pubkey } });
  }
}

async function peersOf(workplace: Workplace): Promise<string[]> {
  const { organization } = await ask<Peers>(workplace, PEERS);
  return organization.wireGuardPeers.nodes.map(({ name }) => name);
}

/** As somebody would who cleans up in Fly's dashboard. */
async function removePeers(workplace: Workplace): Promise<void> {
  const { organization } = await ask<Peers>(workplace, PEERS);
  for (const { name } of organization.wireGuardPeers.nodes) {
    await ask(workplace, REMOVE, { input: { organizationId: organization.id, name } });
  }
}

async function ask<T>({ emulator }: Workplace, query: string, variables: object = {}): Promise<T> {
  const response = await fetch(`${emulator.url}/graphql`, {
    method: 'POST',
    headers: { authorization: `Bearer ${emulator.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = (await response.json()) as { data: T; errors?: unknown };
  expect(errors).toBeUndefined();
  return data;
}

async function finish(session: Session): Promise<{ code: number | null; stdout: string }> {
  let stdout = '';
  session.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  session.stdin.end();
  const { code } = await session.exited;
  return { code, stdout };
}
