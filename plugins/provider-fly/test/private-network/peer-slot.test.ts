import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

// Each is a process of its own, on a machine that may be busy.
jest.setTimeout(60_000);

describe('the place of a peer, when its process ends', () => {
  const built = path.resolve(__dirname, '../../dist/private-network/peer-slot.js');
  let stateDir: string;
  let claim: string;
  beforeEach(() => {
    stateDir = mkdtempSync(path.join(tmpdir(), 'sindri-slot-'));
    claim = path.join(stateDir, 'peers/1.json.held');
  });
  afterEach(() => rmSync(stateDir, { recursive: true, force: true }));

  /** A process that holds a place, does something, and ends. */
  function holder(then: string) {
    const script = `
      const fs = require('node:fs');
      const claim = ${JSON.stringify(claim)};
      require(${JSON.stringify(built)}).holdPeerSlot(${JSON.stringify(stateDir)}, 'peers').then(async (slot) => {
        if (!fs.readFileSync(claim, 'utf8').startsWith(process.pid + ' ')) process.exitCode = 9;
        ${then}
      });`;
    const { status, stderr } = spawnSync(process.execPath, ['-e', script], { encoding: 'utf8' });
    return { status, stderr };
  }

  const well = { status: 0, stderr: '' };

  it('is free, whether it was released or not', () => {
    for (const then of ['', 'slot.release();', 'process.exit();']) {
      expect(holder(then)).toEqual(well);
      expect(existsSync(claim)).toBe(false);
    }
  });

  it.each(['', 'slot.release();'])('stays with whoever has taken it meanwhile: %j', (then) => {
    expect(holder(`fs.writeFileSync(claim, '1'); ${then}`)).toEqual(well);
    expect(readFileSync(claim, 'utf8')).toBe('1');
  });

  it('is no reason to fail when it cannot be given free', () => {
    expect(holder('fs.rmSync(claim); fs.mkdirSync(claim);')).toEqual(well);
  });
});
