import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ApplyReport } from '@sindri/core';

const folder = path.resolve(__dirname, '../../examples/library');

interface Example {
  deploy(options: {
    config: string;
    env: Record<string, string | undefined>;
    signal?: AbortSignal;
    print(line: string): void;
  }): Promise<ApplyReport>;
}

const { deploy } = require(path.join(folder, 'deploy.js')) as Example;

describe('examples/library', () => {
  let home: string;
  let lines: string[];

  beforeEach(() => {
    home = mkdtempSync(path.join(tmpdir(), 'sindri-library-'));
    lines = [];
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  const run = (signal?: AbortSignal, print = (line: string): void => void lines.push(line)) =>
    deploy({
      config: path.join(folder, 'sindri.yaml'),
      env: { HOME: home, PATH: process.env['PATH'] },
      print,
      ...(signal === undefined ? {} : { signal }),
    });

  it('opens, plans, applies and listens, in under 40 lines', async () => {
    expect(readFileSync(path.join(folder, 'deploy.js'), 'utf8').split('\n').length).toBeLessThan(40);
    await expect(run()).resolves.toMatchObject({ status: 'succeeded' });
    expect(lines).toEqual([
      'changes to make: 1',
      'create the directory of from-a-program …',
      expect.stringMatching(/^done after \d+ ms$/),
      'from-a-program is running',
    ]);
  });

  it('finds nothing left to do the second time', async () => {
    await run();
    await expect(run()).resolves.toMatchObject({ status: 'succeeded', outcomes: [] });
  });

  it('cancels, and the next run continues', async () => {
    const controller = new AbortController();
    const cancelled = run(controller.signal, () => controller.abort());
    await expect(cancelled).rejects.toMatchObject({ code: 'OPERATION_CANCELLED', kind: 'cancelled' });
    await expect(run()).resolves.toMatchObject({ status: 'succeeded', outcomes: [{ status: 'applied' }] });
  });
});
