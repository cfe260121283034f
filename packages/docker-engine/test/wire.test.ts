import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { systemClock, type OperationContext } from '@sindri/core';
import { registryAuth } from '../src/credentials.js';
import { readFrames } from '../src/frames.js';
import { firstFileOf, tarOf } from '../src/tar.js';

function frame(stream: number, text: string): Buffer {
  const head = Buffer.alloc(8);
  head[0] = stream;
  head.writeUInt32BE(text.length, 4);
  return Buffer.concat([head, Buffer.from(text)]);
}

async function read(chunks: Buffer[]): Promise<string[]> {
  const found: string[] = [];
  const source = (async function* () {
    for (const chunk of chunks) yield await Promise.resolve(chunk);
  })();
  for await (const { stream, data } of readFrames(source)) found.push(`${stream} ${data.toString()}`);
  return found;
}

describe('frames', () => {
  const bytes = Buffer.concat([frame(1, 'one'), frame(2, 'two'), frame(1, ''), frame(1, 'three')]);
  const expected = ['stdout one', 'stderr two', 'stdout ', 'stdout three'];

  it('are read however the bytes come', async () => {
    expect(await read([bytes])).toEqual(expected);
    expect(await read([...bytes].map((byte) => Buffer.from([byte])))).toEqual(expected);
  });

  it('what is none is an error, however long it says it is', async () => {
    await expect(read([Buffer.from('HTTP/1.1 200 OK')])).rejects.toThrow(/no stream/);
    await expect(read([Buffer.from([1, 0, 0, 0, 255, 255, 255, 255])])).rejects.toThrow(/no stream/);
  });
});

describe('a tar', () => {
  it.each([0, 1, 511, 512, 513])('with %i bytes comes back as it was', (size) => {
    const content = Buffer.alloc(size, 'x');
    const tar = tarOf('a', content, 0o400);
    expect(tar.length % 512).toBe(0);
    expect(firstFileOf(tar)).toEqual(content);
  });

  it('without a file has none', () => {
    expect(firstFileOf(Buffer.alloc(1024))).toBeNull();
    expect(firstFileOf(Buffer.from('short'))).toBeNull();
  });
});

describe('credentials', () => {
  let home: string;
  let hidden: string[];
  beforeEach(() => {
    home = mkdtempSync(path.join(tmpdir(), 'sindri-docker-home-'));
    hidden = [];
    mkdirSync(path.join(home, '.docker'));
  });
  afterEach(() => rmSync(home, { recursive: true }));

  const context = (): OperationContext => ({
    signal: new AbortController().signal,
    emit: () => undefined,
    hide: (value) => void hidden.push(value),
    clock: systemClock,
    random: () => 0,
    env: { HOME: home, PATH: `${home}:${process.env.PATH}` },
    stateDir: home,
  });
  const config = (value: object): void => writeFileSync(path.join(home, '.docker/config.json'), JSON.stringify(value));
  const helper = (name: string, script: string): void => {
    const file = path.join(home, `docker-credential-${name}`);
    writeFileSync(file, `#!/bin/sh\n${script}\n`);
    chmodSync(file, 0o755);
  };
  const authOf = async (reference: string): Promise<unknown> => {
    const { 'x-registry-auth': header } = await registryAuth(reference, context());
    return header === undefined ? null : (JSON.parse(Buffer.from(header, 'base64url').toString()) as unknown);
  };

  it('of a login, for its registry only, and hidden', async () => {
    const auth = Buffer.from('ada:correct:horse').toString('base64');
    config({
      auths: { 'registry.invalid:5000': { auth }, 'https://index.docker.io/v1/': { identitytoken: 'a token' } },
    });
    expect(await authOf('registry.invalid:5000/team/image:1')).toMatchObject({
      username: 'ada',
      password: 'correct:horse',
    });
    expect(hidden).toContain('correct:horse');
    expect(await authOf('team/image')).toMatchObject({ identitytoken: 'a token' });
    expect(await authOf('other.invalid/team/image')).toBeNull();
  });

  it('of a helper, which may have none, or fail', async () => {
    config({
      credHelpers: { 'a.invalid': 'good', 'b.invalid': 'empty', 'c.invalid': 'broken', 'd.invalid': 'missing' },
    });
    helper(
      'good',
      'read server; echo "{\\"ServerURL\\":\\"$server\\",\\"Username\\":\\"ada\\",\\"Secret\\":\\"horse\\"}"',
    );
    helper('empty', 'echo "credentials not found in native keychain"; exit 1');
    helper('broken', 'echo no >&2; exit 3');
    expect(await authOf('a.invalid/x')).toMatchObject({
      username: 'ada',
      password: 'horse',
      serveraddress: 'a.invalid',
    });
    expect(await authOf('b.invalid/x')).toBeNull();
    for (const [host, name] of [
      ['c', 'broken'],
      ['d', 'missing'],
    ]) {
      await expect(authOf(`${host}.invalid/x`)).rejects.toMatchObject({
        code: 'REGISTRY_CREDENTIALS',
        kind: 'auth',
        message: expect.stringMatching(`docker-credential-${name}`),
      });
    }
  });
});
