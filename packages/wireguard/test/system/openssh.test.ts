import { execFile, execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { once } from 'node:events';
import path from 'node:path';
import { findProgram, testIfInstalled } from '../../../../test/system-component.js';
import { generateKeyPair } from '../../src/noise/keys.js';
import { udpEndpoint } from '../../src/transport/udp.js';
import { openTunnel, type Tunnel } from '../../src/tunnel.js';
import { KERNEL, KERNEL_PORT, type KernelPeer, mayMakeNamespaces, startKernelPeer } from '../support/namespace.js';
import { digest, testData } from '../support/transfer.js';

const SSH_PORT = 2222;
const programs = ['wireguard-go', 'wg', 'ip', 'ssh', 'sshd', 'ssh-keygen'];

/** An OpenSSH server in the namespace, which only the key `ssh-key` in the same directory may use. */
async function startSshd(kernel: KernelPeer): Promise<void> {
  const at = (name: string): string => path.join(kernel.directory, name);
  for (const name of ['ssh-host', 'ssh-key']) {
    execFileSync(findProgram('ssh-keygen') as string, ['-q', '-t', 'ed25519', '-N', '', '-f', at(name)]);
  }
  copyFileSync(at('ssh-key.pub'), at('authorized'));
  chmodSync(at('authorized'), 0o600);
  const config = [
    `ListenAddress [${KERNEL}]:${SSH_PORT}`,
    `HostKey ${at('ssh-host')}`,
    `AuthorizedKeysFile ${at('authorized')}`,
    'StrictModes no',
    'UsePAM no',
    'PermitRootLogin prohibit-password',
    `PidFile ${at('pid')}`,
  ];
  writeFileSync(at('config'), `${config.join('\n')}\n`);
  // Its unprivileged process wants this directory, which the service would make.
  execFileSync('mkdir', ['-p', '/run/sshd']);
  const sshd = kernel.start(findProgram('sshd') as string, '-D', '-e', '-f', at('config'));
  let log = '';
  await new Promise<void>((resolve, reject) => {
    sshd.stderr?.on('data', (data: Buffer) => {
      log += data.toString();
      if (log.includes('Server listening')) resolve();
    });
    sshd.once('exit', () => reject(new Error(`sshd ended: ${log}`)));
  });
}

/** A local port that leads through the tunnel. */
async function forward(tunnel: Tunnel): Promise<{ port: number; close(): void }> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => undefined);
    tunnel.network.connect({ address: KERNEL, port: SSH_PORT }).then(
      (stream) => {
        stream.on('error', () => socket.destroy());
        socket.pipe(stream).pipe(socket);
      },
      () => socket.destroy(),
    );
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, close: () => void server.close() };
}

function ssh(
  kernel: KernelPeer,
  port: number,
  command: string,
  input: Buffer,
): Promise<{ code: number; output: Buffer }> {
  const args = [
    ...['-p', `${port}`, '-i', path.join(kernel.directory, 'ssh-key'), '-F', 'none'],
    ...[
      '-o',
      'BatchMode=yes',
      '-o',
      'StrictHostKeyChecking=no',
      '-o',
      'UserKnownHostsFile=/dev/null',
      '-o',
      'LogLevel=ERROR',
    ],
    ...['root@127.0.0.1', command],
  ];
  return new Promise((resolve) => {
    const options = { encoding: 'buffer' as const, maxBuffer: 64e6 };
    const child = execFile(findProgram('ssh') as string, args, options, (error, output) =>
      resolve({ code: error === null ? 0 : Number(error.code), output }),
    );
    child.stdin?.end(input);
  });
}

const name = 'OpenSSH on both ends works through the tunnel: bytes both ways, and the exit code';
const run = async (): Promise<void> => {
  const ours = generateKeyPair();
  const kernel = await startKernelPeer({ ourPublicKey: ours.publicKey });
  const tunnel = openTunnel({
    privateKey: ours.privateKey,
    address: 'fdaa:0:1::2',
    peer: { publicKey: kernel.publicKey },
    transports: [(take) => udpEndpoint(kernel.address, KERNEL_PORT, take)],
  });
  const local = await forward(tunnel);
  try {
    await startSshd(kernel);
    await tunnel.ready(30_000);
    const data = testData(3_000_000);
    const copied = await ssh(kernel, local.port, 'cat; exit 7', data);
    expect(copied.code).toBe(7);
    expect(digest(copied.output)).toBe(digest(data));
  } finally {
    local.close();
    tunnel.close();
    kernel.close();
  }
};
if (mayMakeNamespaces()) testIfInstalled(programs, name, run);
else test.skip(`${name} (needs root)`, run);
