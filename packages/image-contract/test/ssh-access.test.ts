import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  admitKeyScript,
  installLogPath,
  isUnderHome,
  markers,
  readAuthorizedKeysScript,
  readHostKeysScript,
  removeKeyScript,
} from '../src/index.js';

describe('the scripts', () => {
  const home = mkdtempSync(path.join(tmpdir(), 'sindri-image-'));
  const run = (script: string): string =>
    execFileSync('sh', ['-c', script], { env: { PATH: process.env['PATH'], ALT_HOME: home }, encoding: 'utf8' });

  beforeAll(() => {
    mkdirSync(path.join(home, '.ssh/host_keys'), { recursive: true });
    writeFileSync(path.join(home, '.ssh/authorized_keys'), 'ssh-ed25519 ADMITTED\n');
    writeFileSync(path.join(home, '.ssh/host_keys/ssh_host_ed25519_key.pub'), 'ssh-ed25519 HOST\n');
    writeFileSync(path.join(home, '.ssh/host_keys/ssh_host_ed25519_key'), 'private\n');
  });

  afterAll(() => rmSync(home, { recursive: true, force: true }));

  it('write the keys that are admitted, and the public host keys', () => {
    expect(run(readAuthorizedKeysScript)).toBe('ssh-ed25519 ADMITTED\n');
    expect(run(readHostKeysScript)).toBe('ssh-ed25519 HOST\n');
  });
});

describe('letting a key in and out', () => {
  let home: string;
  const file = (): string => path.join(home, '.ssh/authorized_keys');
  const run = (script: string, ...args: string[]): void => {
    execFileSync('sh', ['-c', script, 'sindri', ...args], { env: { PATH: process.env['PATH'], ALT_HOME: home } });
  };
  const lines = (): string[] =>
    readFileSync(file(), 'utf8')
      .split('\n')
      .filter((line) => line !== '');

  beforeEach(() => {
    home = mkdtempSync(path.join(tmpdir(), 'sindri-image keys-'));
  });

  afterEach(() => rmSync(home, { recursive: true, force: true }));

  it('makes the file when there is none, for nobody else to read', () => {
    run(admitKeyScript, 'AAAA', 'ssh-ed25519 AAAA me@home');
    expect(lines()).toEqual(['ssh-ed25519 AAAA me@home']);
    expect(statSync(file()).mode & 0o777).toBe(0o600);
  });

  it('admits a key once, keeps what is there and its mode, and removes only that key', () => {
    mkdirSync(path.join(home, '.ssh'));
    writeFileSync(file(), '# ssh-ed25519 AAAA\nssh-ed25519 BBBB without an end');
    chmodSync(file(), 0o640);
    run(admitKeyScript, 'AAAA', 'ssh-ed25519 AAAA me');
    run(admitKeyScript, 'AAAA', 'ssh-ed25519 AAAA me again');
    expect(lines()).toEqual(['# ssh-ed25519 AAAA', 'ssh-ed25519 BBBB without an end', 'ssh-ed25519 AAAA me']);
    run(removeKeyScript, 'AAAA');
    expect(lines()).toEqual(['ssh-ed25519 BBBB without an end']);
    expect(statSync(file()).mode & 0o777).toBe(0o640);
  });

  it('runs nothing of what stands in a key', () => {
    const hostile = `ssh-ed25519 AAAA $(touch "${home}/pwned")'; touch ${home}/pwned; "%s`;
    run(admitKeyScript, 'AAAA', hostile);
    expect(lines()).toEqual([hostile]);
    run(removeKeyScript, '-AAAA$(exit 3)');
    expect(existsSync(path.join(home, 'pwned'))).toBe(false);
    expect(lines()).toEqual([hostile]);
  });

  it('removes nothing where there is no file', () => {
    run(removeKeyScript, 'AAAA');
    expect(existsSync(file())).toBe(false);
  });
});

it('everything that tells how far the image is lies on the volume', () => {
  expect([...Object.values(markers), installLogPath].filter((file) => !isUnderHome(file))).toEqual([]);
});
