import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { RemoteEntry, Sftp } from '../src/sftp/sftp.js';
import { sftpFailure } from '../src/sftp/sftp-failure.js';
import { fetchFile, sendFile } from '../src/sftp/transfer.js';

const { signal } = new AbortController();
let directory: string;
beforeEach(() => (directory = mkdtempSync(path.join(tmpdir(), 'sindri-transfer-'))));
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** A server that opens nothing. `code`: 2 = no such file, 3 = no permission (SFTP version 3, section 7). */
function refusing(code: number): Sftp {
  const refuse = (file: string) =>
    Promise.reject(sftpFailure(file, Object.assign(new Error('refused by the server'), { code })));
  return { look: async () => null, open: refuse } as unknown as Sftp;
}

test.each([
  [2, '"/nowhere/a.txt" in the environment: there is no such file or directory.', 'Make the directory first.'],
  [3, '"/nowhere/a.txt" in the environment: permission denied.', expect.stringMatching(/through the home.*sudo/)],
])('a file that cannot be made there is told by its own name, with what to do (%i)', async (code, message, hint) => {
  const from = path.join(directory, 'a.txt');
  writeFileSync(from, 'text');
  const sent = sendFile(refusing(code), from, '/nowhere/a.txt', { signal });
  await expect(sent).rejects.toMatchObject({
    code: 'SSH_FILE_REFUSED',
    message,
    hint,
    details: { path: '/nowhere/a.txt' },
  });
});

test('one that cannot be made here as well', async () => {
  const to = path.join(directory, 'none', 'a.txt');
  const sftp = { open: async () => ({ close: async () => undefined }) } as unknown as Sftp;
  const entry: RemoteEntry = { kind: 'file', size: 1, mode: 0o600, modifiedAt: 1 };
  await expect(fetchFile(sftp, 'a.txt', to, entry, { signal })).rejects.toMatchObject({ code: 'ENOENT', path: to });
});
