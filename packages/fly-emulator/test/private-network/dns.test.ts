import { Resolver } from '@sindri/wireguard';
import { decodeQuery, encodeAnswer } from '../../src/private-network/dns/message.js';
import { CONFIG, startSubject, type Subject } from '../support/fly.js';
import { joinNetwork, type TestPeer } from './peer.js';

let fly: Subject;
let peer: TestPeer;
let resolver: Resolver;
/** Private addresses by name of the machine. */
const ips: Record<string, string> = {};
const ids: Record<string, string> = {};

const machine = async (app: string, name: string, region: string, metadata: Record<string, string> = {}) => {
  const id = fly.admin.seedMachine({ app, name, region, config: { ...CONFIG, metadata } });
  await fly.admin.untilState(app, id, 'started');
  ids[name] = id;
  ips[name] = (await fly.get(`/v1/apps/${app}/machines/${id}`)).body.private_ip;
};

beforeAll(async () => {
  fly = await startSubject({ orgs: ['acme'], gatewayPorts: { udp: 0, webSocket: 0 } });
  fly.admin.seedApp({ name: 'one' });
  fly.admin.seedApp({ name: 'idle' });
  fly.admin.seedApp({ name: 'theirs', org: 'acme' });
  await machine('one', 'near', 'iad', { fly_process_group: 'web', role: 'main' });
  await machine('one', 'far', 'syd');
  await machine('one', 'asleep', 'lhr');
  await machine('theirs', 'other', 'iad');
  await fly.post(`/v1/apps/one/machines/${ids.asleep}/stop`);
  await fly.admin.untilState('one', ids.asleep as string, 'stopped');
  await fly.post('/v1/apps/one/ip_assignments', { type: 'private_v6' });
  peer = await joinNetwork(fly, 'laptop');
  resolver = new Resolver({ network: peer.tunnel.network, server: `${peer.prefix}::3` });
});
afterAll(async () => {
  peer.tunnel.close();
  await fly.stop();
});

test('addresses: of machines that are started', async () => {
  const all = [ips.near, ips.far];
  expect(await resolver.resolve6('one.internal')).toEqual(all);
  expect(await resolver.resolve6('GLOBAL.one.internal')).toEqual(all);
  expect(await resolver.resolve6('syd.one.internal')).toEqual([ips.far]);
  expect(await resolver.resolve6(`${ids.far}.vm.one.internal`)).toEqual([ips.far]);
  expect(await resolver.resolve6('web.process.one.internal')).toEqual([ips.near]);
  expect(await resolver.resolve6('main.role.kv._metadata.one.internal')).toEqual([ips.near]);
  expect(await resolver.resolve6('top1.nearest.of.one.internal')).toEqual([ips.near]);
  expect(await resolver.resolve6('top9.nearest.of.one.internal')).toEqual(all);
});

test('addresses: of peers, of the API, of Flycast', async () => {
  expect(await resolver.resolve6('laptop._peer.internal')).toEqual([peer.ip]);
  expect(await resolver.resolve6('_api.internal')).toEqual([`${peer.prefix}::3`]);
  const { body } = await fly.get('/v1/apps/one/ip_assignments');
  expect(await resolver.resolve6('one.flycast')).toEqual([body.ips[0].ip]);
});

test('texts', async () => {
  const [near, far, asleep] = [`${ids.near} iad`, `${ids.far} syd`, `${ids.asleep} lhr`];
  const instance = (name: string, region: string) => `instance=${ids[name]},app=one,ip=${ips[name]},region=${region}`;
  expect(await resolver.resolveTxt('vms.one.internal')).toEqual([`${near},${far}`]);
  expect(await resolver.resolveTxt('all.vms.one.internal')).toEqual([`${near},${far},${asleep}`]);
  expect(await resolver.resolveTxt('regions.one.internal')).toEqual(['iad,syd']);
  expect(await resolver.resolveTxt('all.regions.one.internal')).toEqual(['iad,syd,lhr']);
  expect(await resolver.resolveTxt('_apps.internal')).toEqual(['one,idle']);
  expect(await resolver.resolveTxt('_peer.internal')).toEqual(['laptop']);
  const started = `${instance('near', 'iad')};${instance('far', 'syd')}`;
  // Longer than one string of a record.
  expect(await resolver.resolveTxt('_instances.internal')).toEqual([started]);
  expect(await resolver.resolveTxt('all._instances.internal')).toEqual([`${started};${instance('asleep', 'lhr')}`]);
  expect(await resolver.resolveTxt('_orgcert.internal')).toEqual([expect.stringMatching(/^ssh-ed25519 AAAA/)]);
});

test.each([
  ['nosuch.internal', 'ENOTFOUND'],
  // In another organisation.
  ['theirs.internal', 'ENOTFOUND'],
  ['idle.internal', 'ENODATA'],
  ['example.com', 'EREFUSED'],
])('%s is answered with %s', async (name, code) => {
  await expect(resolver.resolve6(name)).rejects.toMatchObject({ code });
});

test('the Machines API is at port 4280 of the gateway', async () => {
  const stream = await peer.tunnel.network.connect({ address: `${peer.prefix}::3`, port: 4280, timeoutMs: 60_000 });
  stream.write('GET / HTTP/1.1\r\nhost: _api.internal:4280\r\nconnection: close\r\n\r\n');
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  // Node 24 leaves the half of it open that was not ended.
  stream.destroy();
  expect(Buffer.concat(chunks).toString()).toMatch(/^HTTP\/1.1 404 /);
});

test('what is no query gets no answer, and a long answer is cut by UDP', () => {
  const query = Buffer.from('12340100000100000000000001610000100001', 'hex');
  for (let length = 0; length < query.length; length++) expect(decodeQuery(query.subarray(0, length))).toBeNull();
  const read = decodeQuery(query) as NonNullable<ReturnType<typeof decodeQuery>>;
  expect(read.question).toEqual({ name: 'a', type: 16 });
  const cut = encodeAnswer(read, { code: 0, values: ['x'.repeat(600)] }, 512);
  // Response, authoritative, truncated, recursion desired; no record.
  expect(cut.toString('hex')).toBe('12348700000100000000000001610000100001');
  expect(decodeQuery(cut)).toBeNull();
});
