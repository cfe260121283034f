import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { digestOf } from '../../src/index.js';

/** The program of Debian's package of the same name: Docker's own registry. */
export const registryProgram = 'docker-registry';

/** A registry that others have written, for one user: a witness that ours in {@link file://./registry.ts} does not only agree with us. */
export interface DebianRegistry {
  /** `127.0.0.1:40123`. */
  readonly host: string;
  readonly user: { username: string; password: string };
  /** Pushes a blob; returns its digest. */
  blob(repository: string, content: string): Promise<string>;
  /** Pushes a manifest under each tag; returns the digest that the registry told. */
  manifest(repository: string, tags: readonly string[], content: { mediaType: string }): Promise<string>;
  stop(): Promise<void>;
}

const user = { username: 'ann', password: 'pass:word-1' };
/** bcrypt of that password, at the lowest cost. */
const hash = '$2y$04$GCp1R9myOFyj0z9xCA//DOHtiQqAG2I28VF3Ql5van51Ql9TcSMtu';

export async function startDebianRegistry(program: string): Promise<DebianRegistry> {
  const directory = mkdtempSync(path.join(tmpdir(), 'sindri-registry-'));
  const users = path.join(directory, 'users');
  writeFileSync(users, `${user.username}:${hash}\n`);
  const config = path.join(directory, 'config.json');
  // What JSON says, YAML says as well.
  writeFileSync(
    config,
    JSON.stringify({
      version: 0.1,
      log: { accesslog: { disabled: true }, fields: {} },
      storage: { inmemory: {} },
      http: { addr: '127.0.0.1:0' },
      auth: { htpasswd: { realm: 'witness', path: users } },
    }),
  );
  const child = spawn(program, ['serve', config], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { PATH: process.env.PATH },
  });
  const stop = async (): Promise<void> => {
    const ended = once(child, 'exit');
    if (child.kill('SIGKILL')) await ended;
    rmSync(directory, { recursive: true, force: true });
  };
  let written = '';
  const port = await new Promise<string>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`${program} ended with ${code}: ${written}`)));
    child.stderr.on('data', (chunk: Buffer) => {
      written += chunk.toString();
      const told = /listening on 127\.0\.0\.1:(\d+)/.exec(written)?.[1];
      if (told !== undefined) resolve(told);
    });
  }).catch(async (error: unknown) => {
    rmSync(directory, { recursive: true, force: true });
    throw error;
  });
  const host = `127.0.0.1:${port}`;
  const authorization = `Basic ${Buffer.from(`${user.username}:${user.password}`).toString('base64')}`;
  const send = async (method: string, url: URL | string, body?: string, type = ''): Promise<Response> => {
    const answer = await fetch(url, {
      method,
      headers: { authorization, ...(type === '' ? {} : { 'content-type': type }) },
      ...(body === undefined ? {} : { body }),
    });
    if (!answer.ok) throw new Error(`${method} ${String(url)}: ${answer.status} ${await answer.text()}`);
    return answer;
  };
  return {
    host,
    user,
    async blob(repository, content) {
      const begun = await send('POST', `http://${host}/v2/${repository}/blobs/uploads/`);
      const place = new URL(begun.headers.get('location') ?? '', `http://${host}`);
      const digest = digestOf(Buffer.from(content));
      place.searchParams.set('digest', digest);
      await send('PUT', place, content, 'application/octet-stream');
      return digest;
    },
    async manifest(repository, tags, content) {
      const body = JSON.stringify(content);
      let digest = '';
      for (const tag of tags) {
        const answer = await send('PUT', `http://${host}/v2/${repository}/manifests/${tag}`, body, content.mediaType);
        digest = answer.headers.get('docker-content-digest') ?? '';
      }
      return digest;
    },
    stop,
  };
}
