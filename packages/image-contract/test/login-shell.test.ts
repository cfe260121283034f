import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { loginShell } from '../src/index.js';

describe('a login shell of a user whom /etc/passwd does not know', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(path.join(tmpdir(), 'sindri-login-shell-'));
    // What BusyBox writes in an image without /etc/passwd; the profile of this computer may ask for more than a name.
    const id = path.join(directory, 'id');
    writeFileSync(id, '#!/bin/sh\n[ "$1" = -un ] || { echo 1; exit; }\necho "id: unknown ID 1234" >&2\nexit 1\n');
    chmodSync(id, 0o755);
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  it('runs a command in /bin/sh, and adds nothing to what that says', () => {
    const [program = '', ...args] = loginShell('echo here');
    const env = { PATH: `${directory}:${process.env.PATH ?? ''}`, HOME: directory };
    const { stdout, stderr, status } = spawnSync(program, args, { env, encoding: 'utf8' });
    expect({ stdout, stderr, status }).toEqual({ stdout: 'here\n', stderr: '', status: 0 });
  });
});
