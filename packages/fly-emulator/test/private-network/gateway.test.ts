import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CONFIG, startSubject, type Subject } from '../support/fly.js';
import { addPeer, ask, joinNetwork, organizationId, talk, type TestPeer } from './peer.js';

const SERVICE = { ...CONFIG, services: [{ protocol: 'tcp', internal_port: 8080, ports: [{ port: 80 }] }] };
const PORTS = { gatewayPorts: { udp: 0, webSocket: 0 } };

let fly: Subject;
let peers: TestPeer[] = [];
const join = async (...[name, options]: [string, Parameters<typeof joinNetwork>[2]?]): Promise<TestPeer> => {
  const peer = await joinNetwork(fly, name, options);
  peers.push(peer);
  return peer;
};
const machine = async (app: string): Promise<{ id: string; ip: string }> => {
  const id = fly.admin.seedMachine({ app, config: SERVICE });
  await fly.admin.untilState(app, id, 'started');
  const { body } = await fly.get(`/v1/apps/${app}/machines/${id}`);
  return { id, ip: body?.private_ip };
};

beforeAll(async () => {
  fly = await startSubject({ orgs: ['acme'], ...PORTS });
  fly.admin.seedApp({ name: 'one' });
  fly.admin.seedApp({ name: 'two', org: 'acme' });
  await fly.post('/v1/apps', { name: 'apart', org_slug: 'personal', network: 'lab' });
});
afterEach(() => {
  for (const { tunnel } of peers) tunnel.close();
  peers = [];
});
afterAll(() => fly.stop());

describe('a peer', () => {
  test('nothing listens before the first', () => {
    expect(fly.gateway()).toBeNull();
  });

  test.each(['udp', 'websocket'] as const)('reaches a program on the address of its machine by %s', async (over) => {
    const { ip } = await machine('one');
    expect(await talk(await join(`by-${over}`, { over }), ip, 8080, 'hello')).toBe('hello');
  });

  test('may send from the first address of its block, as flyctl does', async () => {
    const { ip } = await machine('one');
    expect(await talk(await join('like-flyctl', { asFlyctl: true }), ip, 8080, 'hello')).toBe('hello');
  });

  test('is refused at a port that nobody listens on, and pings what is up', async () => {
    const { ip } = await machine('one');
    const peer = await join('closed-port');
    await expect(talk(peer, ip, 9, '')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    expect(await peer.tunnel.network.ping(ip, 1_000)).not.toBeNull();
    expect(await peer.tunnel.network.ping(`${peer.prefix}::3`, 1_000)).not.toBeNull();
  });

  test('does not wake a machine', async () => {
    const { id, ip } = await machine('one');
    const peer = await join('sleeper');
    await fly.post(`/v1/apps/one/machines/${id}/suspend`);
    await fly.admin.untilState('one', id, 'suspended');
    expect(await peer.tunnel.network.ping(ip, 50)).toBeNull();
    const stream = peer.tunnel.network.connect({ address: ip, port: 8080, timeoutMs: 50 });
    await expect(stream).rejects.toMatchObject({ code: 'ETIMEDOUT' });
    expect(fly.inspect().machines.find((one) => one.id === id)?.state).toBe('suspended');
  });

  test('reaches its own network, and no other', async () => {
    const [one, two, apart] = [await machine('one'), await machine('two'), await machine('apart')];
    const own = await join('of-personal');
    const theirs = await join('of-acme', { org: 'acme' });
    const lab = await join('of-lab', { network: 'lab' });
    expect(new Set([own.prefix, theirs.prefix, lab.prefix]).size).toBe(3);
    expect(one.ip).toMatch(new RegExp(`^${own.prefix}:`));
    expect(await talk(theirs, two.ip, 8080, 'two')).toBe('two');
    expect(await talk(lab, apart.ip, 8080, 'apart')).toBe('apart');
    for (const [peer, ip] of [
      [own, two.ip],
      [own, apart.ip],
      [theirs, one.ip],
    ] as const) {
      expect(await peer.tunnel.network.ping(ip, 50)).toBeNull();
    }
  });

  test('is listed, valid, and gone once it is removed', async () => {
    const { ip } = await machine('one');
    const peer = await join('laptop', {});
    const list = '{ organization(slug: "personal") { wireGuardPeers { nodes { name peerip region network } } } }';
    const named = async () =>
      (await ask(fly, list)).data.organization.wireGuardPeers.nodes.find(
        (one: { name: string }) => one.name === 'laptop',
      );
    expect(await named()).toEqual({ name: 'laptop', peerip: peer.ip, region: 'iad', network: null });
    const validate = `mutation ($peerIps: [String!]!) { validateWireGuardPeers(input: {peerIps: $peerIps}) { validPeerIps invalidPeerIps } }`;
    const validity = async () => (await ask(fly, validate, { peerIps: [peer.ip] })).data.validateWireGuardPeers;
    expect(await validity()).toEqual({ validPeerIps: [peer.ip], invalidPeerIps: [] });

    const remove = `mutation ($id: ID!) { removeWireGuardPeer(input: {organizationId: $id, name: "laptop"}) { organization { slug } } }`;
    const id = await organizationId(fly);
    expect(await ask(fly, remove, { id })).toEqual({
      data: { removeWireGuardPeer: { organization: { slug: 'personal' } } },
    });
    expect(await named()).toBeUndefined();
    expect(await validity()).toEqual({ validPeerIps: [], invalidPeerIps: [peer.ip] });
    expect(await peer.tunnel.network.ping(ip, 50)).toBeNull();
  });

  test.each([
    ['a bad name', { name: 'no spaces' }, 'letters, numbers, and the dash'],
    ['a key that is none', { name: 'k', pubkey: 'abc' }, 'Pubkey must be 32 bytes'],
    ['an unknown region', { name: 'r', region: 'xyz' }, 'region "xyz"'],
    ['a name that is taken', { name: 'like-flyctl' }, 'Name has already been taken'],
  ])('is refused with %s', async (_what, { name, ...input }, message) => {
    const { data, errors } = await addPeer(fly, name, input);
    expect(data).toEqual({ addWireGuardPeer: null });
    expect(errors[0].message).toContain(message);
  });

  test('may be made with a token for one app, and not with one that only reads', async () => {
    const { data } = await addPeer(fly, 'deployer', { token: fly.tokens.create({ kind: 'deploy', app: 'one' }) });
    expect(data.addWireGuardPeer.endpointip).toBe(fly.gateway()?.host);
    const { errors } = await addPeer(fly, 'reader', { token: fly.tokens.create({ kind: 'readonly' }) });
    expect(errors[0].message).toBe('Not authorized to change this organization');
  });
});

test('peers and the key of the gateway outlast the emulator', async () => {
  const stateDir = mkdtempSync(path.join(tmpdir(), 'emulator-gateway-'));
  try {
    const before = await startSubject({ stateDir, ...PORTS });
    const { data } = await addPeer(before, 'laptop');
    await before.stop();
    const after = await startSubject({ stateDir, ...PORTS });
    expect(after.gateway()).toMatchObject({
      publicKey: data.addWireGuardPeer.pubkey,
      host: data.addWireGuardPeer.endpointip,
    });
    const { errors } = await addPeer(after, 'laptop');
    await after.stop();
    expect(errors[0].message).toContain('already been taken');
  } finally {
    rmSync(stateDir, { recursive: true, force: true });
  }
});
