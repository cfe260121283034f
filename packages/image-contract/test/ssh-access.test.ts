import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { installLogPath, isUnderHome, markers, readAuthorizedKeysScript, readHostKeysScript } from '../src/index.js';

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

it('everything that tells how far the image is lies on the volume', () => {
  expect([...Object.values(markers), installLogPath].filter((file) => !isUnderHome(file))).toEqual([]);
});
