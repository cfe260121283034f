import { createHash, generateKeyPairSync } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { startFlyEmulator, type FlyEmulator } from '@sindri/fly-emulator';
import { createWorkplace, quickstart, type Workplace } from './sindri';

/** `type base64` of a public key: strings behind their lengths. */
function sshKey(type: string, ...parts: Buffer[]): string {
  const framed = [Buffer.from(type), ...parts].flatMap((part) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(part.length);
    return [length, part];
  });
  return `${type} ${Buffer.concat(framed).toString('base64')}`;
}

const PUBLIC_KEY = sshKey('ssh-ed25519', Buffer.alloc(32, 7));

/** RFC 4716, as `ssh-keygen -e` writes it. */
function rfc4716(key: string): string {
  const lines = (key.split(' ')[1] ?? '').match(/.{1,70}/g) ?? [];
  return [
    '---- BEGIN SSH2 PUBLIC KEY ----',
    'Comment: "made by a test"',
    ...lines,
    '---- END SSH2 PUBLIC KEY ----',
    '',
  ].join('\n');
}

const config = (secret: string): string => `${quickstart('inputs')}secrets:\n  - {${secret}}\n`;
const KEYS = 'name: AUTHORIZED_KEYS, source: env';

describe('secrets as people have them', () => {
  let emulator: FlyEmulator;
  let workplace: Workplace;

  beforeAll(async () => {
    emulator = await startFlyEmulator();
  });
  afterAll(() => emulator.stop());
  beforeEach(() => {
    workplace = createWorkplace(emulator.env);
    emulator.requests.clear();
  });
  afterEach(() => workplace.remove());

  const pem = '-----BEGIN PRIVATE KEY-----\nMIIabc\n-----END PRIVATE KEY-----\n';

  it.each<[string, string, Record<string, string>, Record<string, string>, string[]]>([
    [
      'an empty AUTHORIZED_KEYS',
      KEYS,
      {},
      { AUTHORIZED_KEYS: '' },
      ['SECRET_MISSING', 'AUTHORIZED_KEYS (empty)', 'required: false'],
    ],
    [
      'an empty AUTHORIZED_KEYS, and a file that is not there',
      `${KEYS}, fromFile: ~/.ssh/id_ed25519.pub`,
      {},
      { AUTHORIZED_KEYS: '' },
      ['SECRET_MISSING', '~/.ssh/id_ed25519.pub'],
    ],
    [
      'a public key that is broken over two lines',
      `${KEYS}, fromFile: key.pub`,
      { 'key.pub': `# mine\n${PUBLIC_KEY.slice(0, 40)}\n${PUBLIC_KEY.slice(40)}\n` },
      {},
      ['SECRET_UNUSABLE', 'key.pub', 'Lines 2, 3'],
    ],
    [
      'a key file in PEM without quotes',
      'name: SIGNING_KEY, source: env',
      { '.env': `A=1\nSIGNING_KEY=${pem}` },
      {},
      ['SECRET_UNREADABLE', 'line 2 of .env'],
    ],
    [
      'a key file in PEM in backticks',
      'name: SIGNING_KEY, source: env',
      { '.env': `SIGNING_KEY=\`${pem}\`\n` },
      {},
      ['SECRET_UNREADABLE', 'line 1 of .env'],
    ],
    [
      'its own line is wrong, not the other one',
      'name: TOKEN, source: env, required: true',
      { '.env': 'A=1\nB=2\njunk here\nTOKEN="abc\n' },
      {},
      ['SECRET_UNREADABLE', 'TOKEN: line 4 of .env'],
    ],
  ])('%s: exit 2, what to do, and no request', async (_title, secret, files, env, named) => {
    workplace.write('sindri.yaml', config(secret));
    for (const [name, text] of Object.entries(files)) workplace.write(name, text);
    const ended = await workplace.run(['deploy', '--yes'], { env });
    expect([ended.code, ended.stdout]).toEqual([2, '']);
    for (const word of named) expect(ended.stderr).toContain(word);
    expect(ended.stderr).not.toContain('MIIabc');
    expect(emulator.requests.list()).toEqual([]);
  });

  it('an empty AUTHORIZED_KEYS falls through to a file, in RFC 4716, too', async () => {
    workplace.write('sindri.yaml', config(`${KEYS}, fromFile: key.pub`));
    workplace.write('key.pub', rfc4716(PUBLIC_KEY));
    const { ended, document } = await workplace.json(['plan'], { env: { AUTHORIZED_KEYS: '' } });
    expect(ended.code).toBe(0);
    expect(document.secrets).toMatchObject([{ name: 'AUTHORIZED_KEYS', origin: 'key.pub' }]);
    const blob = Buffer.from(PUBLIC_KEY.split(' ')[1] ?? '', 'base64');
    const fingerprint = createHash('sha256').update(blob).digest('base64').replace('=', '');
    expect(JSON.stringify(document.notes)).toContain(`SHA256:${fingerprint}`);
  });

  it('may be missing where the config says so: Sindri then lets in whoever deploys', async () => {
    workplace.write('sindri.yaml', config(`${KEYS}, required: false`));
    const { ended, document } = await workplace.json(['plan'], { env: { AUTHORIZED_KEYS: '' } });
    expect(ended.code).toBe(0);
    expect(document.changes.map(({ id }: { id: string }) => id)).toContain('identity:create');
  });

  it('a computer that lacks an optional secret changes nothing', async () => {
    const secrets = 'secrets:\n  - {name: SHARED, source: env}\n  - {name: MINE, source: env}\n';
    workplace.write('sindri.yaml', quickstart('two-homes') + secrets);
    const both = { SHARED: 'a', MINE: 'b' };
    expect((await workplace.run(['deploy', '--yes'], { env: both })).code).toBe(0);
    const runner = createWorkplace(emulator.env);
    try {
      runner.write('sindri.yaml', quickstart('two-homes') + secrets);
      const before = emulator.inspect();
      const ended = await runner.run(['deploy', '--yes'], { env: { SHARED: 'a' } });
      expect([ended.code, ended.stdout]).toEqual([0, expect.stringContaining('Nothing to do')]);
      expect(emulator.inspect()).toEqual(before);
      const planned = await runner.run(['plan', '--verbose'], { env: { SHARED: 'a' } });
      expect(planned.stdout).toContain('MINE is kept as set on Fly');
      expect((await runner.run(['deploy', '--yes'], { env: { SHARED: 'new' } })).code).toBe(0);
      const plan = await workplace.json(['plan'], { env: { ...both, SHARED: 'new' } });
      expect(plan.document.changes).toEqual([]);
    } finally {
      runner.remove();
    }
  });

  it('logs in with a private half that says BEGIN RSA PRIVATE KEY', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const { e = '', n = '' } = publicKey.export({ format: 'jwk' });
    const number = (text: string): Buffer => {
      const bytes = Buffer.from(text, 'base64url');
      return (bytes[0] ?? 0) > 127 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes;
    };
    const directory = path.join(workplace.env.HOME as string, '.ssh');
    mkdirSync(directory);
    writeFileSync(path.join(directory, 'id_rsa'), privateKey.export({ type: 'pkcs1', format: 'pem' }), { mode: 0o600 });
    writeFileSync(path.join(directory, 'id_rsa.pub'), `${sshKey('ssh-rsa', number(e), number(n))} me@here\n`);
    workplace.write('sindri.yaml', config(`${KEYS}, fromFile: ~/.ssh/id_rsa.pub`));
    const deployed = await workplace.run(['deploy', '--yes']);
    expect([deployed.code, deployed.stderr]).toEqual([0, expect.stringContaining('This computer can log in with')]);
    const ended = await workplace.run(['exec', '--', 'echo hello']);
    expect([ended.code, ended.stdout]).toEqual([0, 'hello\n']);
    expect(ended.stderr).not.toContain('admitted');
  });
});
