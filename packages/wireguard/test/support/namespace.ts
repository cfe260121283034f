import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { findProgram } from '../../../../test/system-component.js';
import { generateKeyPair, type KeyPair } from '../../src/noise/keys.js';

const kernelPeer = path.join(__dirname, '../system/kernel-peer.js');
export const KERNEL = 'fdaa:0:2::3';
export const KERNEL_PORT = 51_820;

let created = 0;

/** A network namespace with somebody else's WireGuard and the TCP of the kernel in it, and a wire to it. Needs root. */
export interface KernelPeer {
  /** Of the wire: ours, and that of the other WireGuard. */
  ourAddress: string;
  address: string;
  publicKey: string;
  /** Starts a job of `kernel-peer.js` and resolves with its first line. */
  run(...args: string[]): Promise<string>;
  /** Starts a program in the namespace; it ends with {@link close}. */
  start(...args: string[]): ChildProcess;
  /** From now on we have another address on the wire, as after a change of network. */
  roam(): void;
  /** For files; removed by {@link close}. */
  directory: string;
  close(): void;
}

export interface KernelPeerOptions {
  ourPublicKey: string;
  presharedKey?: string;
  /** Where it finds us, when it is to begin: a port of ours. */
  ourPort?: number;
  /** Absent = `wireguard-go`. */
  program?: KernelProgram;
}

/** Programs that make a WireGuard interface without a kernel module, and their arguments before its name. */
const PROGRAMS = { 'wireguard-go': ['-f'], 'boringtun-cli': ['-f', '--disable-drop-privileges'] } as const;

export type KernelProgram = keyof typeof PROGRAMS;

/** Whether this process may make namespaces and tunnels. */
export function mayMakeNamespaces(): boolean {
  return process.getuid?.() === 0 && os.platform() === 'linux';
}

export async function startKernelPeer(options: KernelPeerOptions): Promise<KernelPeer> {
  const number = (created += 1);
  const id = `${process.pid % 100_000}x${number}`;
  const namespace = `sindri-${id}`;
  const [outside, inside, tunnel] = [`so${id}`, `si${id}`, `sw${id}`];
  const network = `10.${210 + (number % 40)}.${process.pid % 250}`;
  const [ourAddress, address] = [`${network}.1`, `${network}.2`];
  const directory = mkdtempSync(path.join(os.tmpdir(), 'sindri-wireguard-'));
  const children: ChildProcess[] = [];
  const ip = (...args: string[]): void => void execFileSync(findProgram('ip') as string, args, { stdio: 'pipe' });
  const within = (...args: string[]): string[] => ['netns', 'exec', namespace, ...args];
  const close = (): void => {
    for (const child of children) child.kill('SIGKILL');
    for (const args of [
      ['netns', 'del', namespace],
      ['link', 'del', outside],
    ]) {
      try {
        ip(...args);
      } catch {
        // It was never made, or went with the namespace.
      }
    }
    rmSync(directory, { recursive: true, force: true });
  };
  const start = (...args: string[]): ChildProcess => {
    const child = spawn(findProgram('ip') as string, within(...args), { stdio: ['ignore', 'pipe', 'pipe'] });
    children.push(child);
    return child;
  };
  const run = async (...args: string[]): Promise<string> => {
    const child = start(process.execPath, kernelPeer, ...args);
    return new Promise((resolve, reject) => {
      let errors = '';
      child.stderr?.on('data', (data: Buffer) => (errors += data.toString()));
      child.stdout?.once('data', (data: Buffer) => resolve(data.toString().trim()));
      child.once('exit', () => reject(new Error(`kernel-peer ${args.join(' ')} ended without a word: ${errors}`)));
    });
  };
  try {
    const keys: KeyPair = generateKeyPair();
    const keyFile = path.join(directory, 'key');
    writeFileSync(keyFile, keys.privateKey, { mode: 0o600 });
    ip('netns', 'add', namespace);
    ip('link', 'add', outside, 'type', 'veth', 'peer', 'name', inside);
    ip('link', 'set', inside, 'netns', namespace);
    ip('addr', 'add', `${ourAddress}/29`, 'dev', outside);
    ip('link', 'set', outside, 'up');
    ip(...within('ip', 'addr', 'add', `${address}/29`, 'dev', inside));
    ip(...within('ip', 'link', 'set', inside, 'up'));
    ip(...within('ip', 'link', 'set', 'lo', 'up'));
    const { program = 'wireguard-go' } = options;
    start(findProgram(program) as string, ...PROGRAMS[program], tunnel);
    const peer = ['peer', options.ourPublicKey, 'allowed-ips', 'fdaa:0:1::/48'];
    if (options.presharedKey !== undefined) {
      const presharedFile = path.join(directory, 'preshared');
      writeFileSync(presharedFile, options.presharedKey, { mode: 0o600 });
      peer.push('preshared-key', presharedFile);
    }
    if (options.ourPort !== undefined) peer.push('endpoint', `${ourAddress}:${options.ourPort}`);
    await retry(() =>
      ip(
        ...within(
          findProgram('wg') as string,
          'set',
          tunnel,
          'private-key',
          keyFile,
          'listen-port',
          `${KERNEL_PORT}`,
          ...peer,
        ),
      ),
    );
    ip(...within('ip', '-6', 'addr', 'add', `${KERNEL}/64`, 'dev', tunnel, 'nodad'));
    ip(...within('ip', 'link', 'set', tunnel, 'mtu', '1420', 'up'));
    ip(...within('ip', '-6', 'route', 'add', 'fdaa:0:1::/48', 'dev', tunnel));
    const roam = (): void => {
      ip('addr', 'del', `${ourAddress}/29`, 'dev', outside);
      ip('addr', 'add', `${network}.3/29`, 'dev', outside);
    };
    return { ourAddress, address, publicKey: keys.publicKey, run, start, roam, directory, close };
  } catch (error) {
    close();
    throw error;
  }
}

/** Not every program says something when it is ready. */
async function retry(action: () => void): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      action();
      return;
    } catch (error) {
      if (tries === 600) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
