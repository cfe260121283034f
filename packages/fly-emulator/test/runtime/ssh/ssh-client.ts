import type { Duplex } from 'node:stream';
import { Client, type ClientChannel, type ConnectConfig, type SFTPWrapper } from 'ssh2';

/** What a finished command left behind. */
export interface Finished {
  code: number | null;
  signal: string | null;
  stdout: string;
  stderr: string;
}

/** Connects over any stream; rejects with the client's error. */
export function connectClient(sock: Duplex, config: ConnectConfig): Promise<Client> {
  return new Promise((resolve, reject) => {
    const client = new Client();
    client.once('ready', () => resolve(client));
    client.on('error', reject);
    client.once('close', () => reject(new Error('closed')));
    client.connect({ username: 'developer', ...config, sock: sock as never });
  });
}

export function execChannel(client: Client, command: string, options: object = {}): Promise<ClientChannel> {
  return new Promise((resolve, reject) => {
    client.exec(command, options, (error, channel) => (error ? reject(error) : resolve(watchExit(channel))));
  });
}

export function shellChannel(client: Client, window: object | false): Promise<ClientChannel> {
  return new Promise((resolve, reject) => {
    client.shell(window as never, (error, channel) => (error ? reject(error) : resolve(watchExit(channel))));
  });
}

export function openSftp(client: Client): Promise<SFTPWrapper> {
  return new Promise((resolve, reject) => client.sftp((error, sftp) => (error ? reject(error) : resolve(sftp))));
}

type Exit = { code: number | null; signal: string | null };
const exits = new WeakMap<ClientChannel, Exit>();

/** The exit may come with the same packet as the confirmation, before a promise has told anyone. */
function watchExit(channel: ClientChannel): ClientChannel {
  const exit: Exit = { code: null, signal: null };
  exits.set(channel, exit);
  channel.on('exit', (code: number | null, signal?: string) => Object.assign(exit, { code, signal: signal ?? null }));
  return channel;
}

/** Collects a channel to its end. */
export function finished(channel: ClientChannel): Promise<Finished> {
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  channel.on('data', (chunk: Buffer) => out.push(chunk));
  channel.stderr.on('data', (chunk: Buffer) => err.push(chunk));
  return new Promise((resolve) =>
    channel.once('close', () =>
      resolve({
        code: null,
        signal: null,
        ...exits.get(channel),
        stdout: Buffer.concat(out).toString(),
        stderr: Buffer.concat(err).toString(),
      }),
    ),
  );
}

export async function run(client: Client, command: string): Promise<Finished> {
  const channel = await execChannel(client, command);
  const result = finished(channel);
  channel.end();
  return result;
}

/** Resolves once the text seen on the channel matches. */
export function seen(channel: ClientChannel, pattern: RegExp): Promise<string> {
  let text = '';
  return new Promise((resolve, reject) => {
    const look = (chunk: Buffer): void => {
      text += chunk.toString();
      if (!pattern.test(text)) return;
      channel.off('data', look);
      resolve(text);
    };
    channel.on('data', look);
    channel.once('close', () => reject(new Error(`closed before ${pattern}: ${text}`)));
  });
}
