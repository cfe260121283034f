import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { isClaimed, takeClaim, type Claim } from '../../src/private-network/peer-claim.js';

let directory: string;
let file: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'sindri-claim-'));
  file = path.join(directory, '1.json.held');
});
afterEach(() => rmSync(directory, { recursive: true }));

/** What a claim of this process says, as its three words. */
async function ours(): Promise<[pid: string, start: string, place: string]> {
  const claim = (await takeClaim(file)) as Claim;
  const words = readFileSync(file, 'utf8').split(' ');
  claim.release();
  return words as [string, string, string];
}

function touchedAgo(ms: number): void {
  const at = new Date(Date.now() - ms);
  utimesSync(file, at, at);
}

describe('a claim', () => {
  it('is one process’s until it is released', async () => {
    const claim = await takeClaim(file);
    expect(claim).not.toBeNull();
    expect(await isClaimed(file)).toBe(true);
    expect(await takeClaim(file)).toBeNull();
    claim?.release();
    expect(await isClaimed(file)).toBe(false);
  });

  it('is over with its process', async () => {
    const child = spawn(process.execPath, ['-e', '']);
    await new Promise((resolve) => child.once('exit', resolve));
    const [, start, place] = await ours();
    writeFileSync(file, [child.pid, start, place].join(' '));
    expect(await isClaimed(file)).toBe(false);
    const claim = await takeClaim(file);
    expect(claim).not.toBeNull();
    claim?.release();
  });

  (process.platform === 'linux' ? it : it.skip)('is not that of another process that has got the number', async () => {
    const [pid, , place] = await ours();
    writeFileSync(file, [pid, '1', place].join(' '));
    expect(await isClaimed(file)).toBe(false);
  });

  it('of a process that cannot be looked for from here holds as long as it is touched', async () => {
    writeFileSync(file, '999999999 1 another-container');
    expect(await takeClaim(file)).toBeNull();
    touchedAgo(59_000);
    expect(await takeClaim(file)).toBeNull();
    touchedAgo(61_000);
    const claim = await takeClaim(file);
    expect(claim).not.toBeNull();
    claim?.release();
  });

  it('is touched while it is held', async () => {
    const claim = await takeClaim(file, 1);
    touchedAgo(61_000);
    while (Date.now() - statSync(file).mtimeMs > 60_000) await turn();
    claim?.release();
  });

  it('that was taken over meanwhile is left alone', async () => {
    const claim = await takeClaim(file);
    writeFileSync(file, '1 1 another-container');
    claim?.release();
    expect(await isClaimed(file)).toBe(true);
  });
});
