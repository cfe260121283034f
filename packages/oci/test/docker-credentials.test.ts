import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { credentialsFor, type CredentialsPlace } from '../src/index.js';

let home: string;

beforeEach(() => {
  home = mkdtempSync(path.join(tmpdir(), 'sindri-oci-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const auth = (text: string) => Buffer.from(text).toString('base64');

function config(content: unknown, more: Partial<CredentialsPlace> = {}): CredentialsPlace {
  mkdirSync(path.join(home, '.docker'), { recursive: true });
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  writeFileSync(path.join(home, '.docker/config.json'), text);
  return { env: {}, home, ...more };
}

describe('the file itself', () => {
  it.each([
    ['ghcr.io', { 'ghcr.io': { auth: auth('ann:pa:ss') } }, { username: 'ann', password: 'pa:ss' }],
    ['ghcr.io', { 'https://ghcr.io': { auth: auth('ann:x') } }, { username: 'ann', password: 'x' }],
    ['docker.io', { 'https://index.docker.io/v1/': { auth: auth('ann:x') } }, { username: 'ann', password: 'x' }],
    ['ghcr.io', { 'ghcr.io': { username: 'ann', password: 'x' } }, { username: 'ann', password: 'x' }],
    ['ghcr.io', { 'ghcr.io': { auth: auth('00:'), identitytoken: 'id' } }, { identityToken: 'id' }],
    ['127.0.0.1:5000', { '127.0.0.1:5000': { auth: auth('a:b') } }, { username: 'a', password: 'b' }],
    ['ghcr.io', { 'quay.io': { auth: auth('ann:x') } }, null],
    ['evil-ghcr.io', { 'ghcr.io': { auth: auth('ann:x') } }, null],
    ['ghcr.io', { 'ghcr.io': {} }, null],
  ])('%s in %j', async (host, auths, expected) => {
    await expect(credentialsFor(host, config({ auths }))).resolves.toEqual(expected);
  });

  it('is that of DOCKER_CONFIG when that is set', async () => {
    config({ auths: { 'ghcr.io': { auth: auth('home:x') } } });
    const other = path.join(home, 'other');
    mkdirSync(other);
    writeFileSync(path.join(other, 'config.json'), JSON.stringify({ auths: { 'ghcr.io': { auth: auth('other:x') } } }));
    const place = { env: { DOCKER_CONFIG: other }, home };
    await expect(credentialsFor('ghcr.io', place)).resolves.toEqual({ username: 'other', password: 'x' });
    // As `docker` reads it: from where one is.
    const relative = { env: { DOCKER_CONFIG: path.relative(process.cwd(), other) }, home };
    await expect(credentialsFor('ghcr.io', relative)).resolves.toEqual({ username: 'other', password: 'x' });
  });

  it('need not be there', async () => {
    await expect(credentialsFor('ghcr.io', { env: {}, home })).resolves.toBeNull();
  });

  it.each([
    ['not JSON', '{"auths": {"ghcr.io": {"auth": "c2VjcmV0"'],
    ['no base64 of a pair', JSON.stringify({ auths: { 'ghcr.io': { auth: auth('nopair') } } })],
  ])('that is %s is an error without a value in it', async (_what, text) => {
    const failure = await credentialsFor('ghcr.io', config(text)).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'REGISTRY_CREDENTIALS', kind: 'auth' });
    expect(String((failure as Error).message)).not.toMatch(/c2VjcmV0|nopair/);
  });
});

describe('helpers', () => {
  const found = { status: 'found', username: 'ann', secret: 's3cret' } as const;

  it('the one for a host comes before the store, the store before the file', async () => {
    const asked: string[] = [];
    const run: CredentialsPlace['run'] = async (helper, server) => {
      asked.push(`${helper} ${server}`);
      return helper === 'store' && server === 'quay.io' ? { status: 'none' } : found;
    };
    const place = config(
      { credsStore: 'store', credHelpers: { 'ghcr.io': 'ghcr' }, auths: { 'quay.io': { auth: auth('file:x') } } },
      { run },
    );
    await expect(credentialsFor('ghcr.io', place)).resolves.toEqual({ username: 'ann', password: 's3cret' });
    await expect(credentialsFor('docker.io', place)).resolves.toEqual({ username: 'ann', password: 's3cret' });
    await expect(credentialsFor('quay.io', place)).resolves.toEqual({ username: 'file', password: 'x' });
    expect(asked).toEqual(['ghcr ghcr.io', 'store https://index.docker.io/v1/', 'store quay.io']);
  });

  it('may know an identity token', async () => {
    const place = config({ credsStore: 's' }, { run: async () => ({ ...found, username: '<token>' }) });
    await expect(credentialsFor('ghcr.io', place)).resolves.toEqual({ identityToken: 's3cret' });
  });

  it('that cannot be a program is refused before it is run', async () => {
    const place = config({ credsStore: '../evil' }, { run: async () => found });
    await expect(credentialsFor('ghcr.io', place)).rejects.toMatchObject({ code: 'REGISTRY_CREDENTIALS' });
  });

  describe('as programs', () => {
    const program = (script: string): CredentialsPlace => {
      const file = path.join(home, 'docker-credential-test');
      writeFileSync(file, `#!/bin/sh\n${script}\n`);
      chmodSync(file, 0o755);
      return config({ credsStore: 'test' }, { env: { PATH: `${home}:/bin:/usr/bin` } });
    };

    it('get the server on stdin and nothing in their arguments', async () => {
      const place = program('read server; echo "{\\"Username\\":\\"$#\\",\\"Secret\\":\\"for $server\\"}"');
      await expect(credentialsFor('ghcr.io', place)).resolves.toEqual({ username: '1', password: 'for ghcr.io' });
    });

    it('that know nothing are no failure', async () => {
      const place = program('echo "credentials not found in native keychain"; exit 1');
      await expect(credentialsFor('ghcr.io', place)).resolves.toBeNull();
    });

    it.each([
      ['exit with a status', 'echo "my s3cret"; exit 3', 'it ended with 3'],
      ['answer something else', 'echo "my s3cret"', 'its answer is not what a helper answers'],
    ])('that %s are named, and what they said is not', async (_what, script, reason) => {
      const failure = (await credentialsFor('ghcr.io', program(script)).catch((error: unknown) => error)) as Error;
      expect(failure).toMatchObject({ code: 'REGISTRY_CREDENTIALS' });
      expect(failure.message).toContain('docker-credential-test');
      expect(failure.message).toContain(reason);
      expect(failure.message).not.toContain('s3cret');
    });

    it('that take the name of a program in the working directory are not run', async () => {
      const place = program('echo "{\\"Username\\":\\"evil\\",\\"Secret\\":\\"x\\"}"');
      const here = { ...place, env: { PATH: `${path.relative(process.cwd(), home)}:/nowhere` } };
      await expect(credentialsFor('ghcr.io', here)).rejects.toThrow(/there is no such program/);
    });

    it('that are not there are named', async () => {
      const place = config({ credsStore: 'gone' }, { env: { PATH: home } });
      await expect(credentialsFor('ghcr.io', place)).rejects.toThrow(
        /docker-credential-gone, .*there is no such program/,
      );
    });
  });
});
