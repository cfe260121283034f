import { execFile, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createVirtualClock } from '../../src/clock.js';
import { generateHostKey } from '../../src/runtime/ssh/host-key.js';
import { joinStreams } from '../../src/streams/join-streams.js';
import { CONFIG, startSubject, type Subject } from '../support/fly.js';
import { ask, joinNetwork, organizationId, type TestPeer } from './peer.js';

/** OpenSSH's own client, with a certificate, through the tunnel. */
const present = !spawnSync('ssh', ['-V']).error;
const openssh = present ? test : test.skip;

const ISSUE = `mutation ($input: IssueCertificateInput!) { issueCertificate(input: $input) { certificate key } }`;
const HOUR_MS = 3_600_000;

const clock = createVirtualClock();
const user = generateHostKey('');
let fly: Subject;
let peer: TestPeer;
let directory: string;
let relay: net.Server;
let machineIp: string;

const issue = async (input: object = {}, org = 'personal') => {
  const given = { appNames: ['one'], principals: ['root', 'fly'], publicKey: user.publicLine, validHours: 1, ...input };
  const { data, errors } = await ask(fly, ISSUE, {
    input: { organizationId: await organizationId(fly, org), ...given },
  });
  return errors ? (errors[0].message as string) : (data.issueCertificate.certificate as string);
};

/** Runs ssh with a certificate. */
const ssh = async (certificate: string, command: string[], name = 'root') => {
  const identity = path.join(directory, 'id');
  writeFileSync(`${identity}-cert.pub`, `${certificate}\n`);
  const { port } = relay.address() as net.AddressInfo;
  const options = [
    'StrictHostKeyChecking=no',
    `UserKnownHostsFile=${directory}/known`,
    'BatchMode=yes',
    'LogLevel=ERROR',
  ];
  const own = ['IdentitiesOnly=yes', `IdentityFile=${identity}`, `CertificateFile=${identity}-cert.pub`];
  const args = [...options, ...own].flatMap((option) => ['-o', option]);
  return new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    const child = execFile(
      'ssh',
      ['-F', 'none', ...args, '-p', String(port), `${name}@127.0.0.1`, ...command],
      (_error, stdout, stderr) => resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    );
    child.stdin?.end();
  });
};

beforeAll(async () => {
  directory = mkdtempSync(path.join(tmpdir(), 'emulator-hallpass-'));
  writeFileSync(path.join(directory, 'id'), user.privatePem, { mode: 0o600 });
  fly = await startSubject({ runtime: 'processes', orgs: ['acme'], clock, gatewayPorts: { udp: 0, webSocket: 0 } });
  fly.admin.seedApp({ name: 'one' });
  fly.admin.seedApp({ name: 'two', org: 'acme' });
  // Whatever it runs: this server is Fly's, not the image's.
  const id = fly.admin.seedMachine({ app: 'one', config: { ...CONFIG, init: { exec: ['/bin/sleep', 'infinity'] } } });
  await fly.admin.untilState('one', id, 'started');
  machineIp = (await fly.get(`/v1/apps/one/machines/${id}`)).body.private_ip;
  peer = await joinNetwork(fly, 'laptop');
  relay = net.createServer({ allowHalfOpen: true, pauseOnConnect: true }, (socket) => {
    socket.on('error', () => {});
    void peer.tunnel.network.connect({ address: machineIp, port: 22 }).then((stream) => joinStreams(socket, stream));
  });
  relay.listen(0, '127.0.0.1');
  await once(relay, 'listening');
});
afterAll(async () => {
  relay.close();
  peer.tunnel.close();
  await fly.stop();
  rmSync(directory, { recursive: true, force: true });
});

openssh('a certificate opens the machine; commands run without a shell, and their exit code comes back', async () => {
  const certificate = await issue();
  expect(await ssh(certificate, [`sh -c 'echo "in $HOME"; cat; exit 7'`])).toMatchObject({
    code: 7,
    stdout: expect.stringMatching(/^in .*\/root\n$/),
  });
  expect(await ssh(certificate, ['echo one && echo two'])).toMatchObject({ code: 0, stdout: 'one && echo two\n' });
  expect(await ssh(certificate, ['cd /'])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('exec: "cd": executable file not found in $PATH'),
  });
});

openssh.each([
  ['of another organization', async () => issue({ appNames: null }, 'acme'), 'root'],
  ['for another user', async () => issue(), 'developer'],
  [
    'that has expired',
    async () => {
      const certificate = await issue({ validHours: 2 });
      await clock.advance(2 * HOUR_MS);
      return certificate;
    },
    'root',
  ],
])('a certificate %s is refused', async (_what, certificate, name) => {
  expect(await ssh(await certificate(), ['true'], name)).toMatchObject({
    code: 255,
    stderr: expect.stringContaining('Permission denied (publickey)'),
  });
});

test.each([
  ['no key', { publicKey: null }, 'publicKey is required'],
  ['a key of another kind', { publicKey: 'ssh-rsa AAAA' }, 'ssh-ed25519'],
  ['nobody to log in as', { principals: [] }, 'principals are required'],
  ['too many hours', { validHours: 73 }, '1-72 hours'],
  ['an app that is not there', { appNames: ['nosuch'] }, 'Could not find App "nosuch"'],
  ['an app of another organization', { appNames: ['two'] }, 'the app "two" is not of this organization'],
])('no certificate is issued with %s', async (_what, input, message) => {
  expect(await issue(input)).toContain(message);
});
