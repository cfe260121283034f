import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Built, as whoever has installed it gets it. */
const testkit = path.resolve(__dirname, '../..');

function suite(subject: string): string {
  return `
    const { describe, test } = require('node:test');
    const { createReferenceSubject, testConformance } = require(${JSON.stringify(testkit)});
    testConformance(${subject}, { describe, test });
  `;
}

describe('under node:test', () => {
  let directory: string;

  beforeEach(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'sindri-node-test-'));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  async function run(subject: string): Promise<{ code: number | null; output: string }> {
    const file = path.join(directory, 'conformance.test.cjs');
    await writeFile(file, suite(subject));
    const args = ['--test', '--test-reporter=tap', file];
    // Inside a test runner's child, node --test would report to its parent instead.
    const { NODE_TEST_CONTEXT: _context, ...env } = process.env;
    const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk) => (output += String(chunk)));
    child.stderr.on('data', (chunk) => (output += String(chunk)));
    const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
    return { code, output };
  }

  test('the reference provider passes', async () => {
    const { code, output } = await run('createReferenceSubject()');
    expect([code, code && output]).toEqual([0, 0]);
    expect(output).toMatch(/ok \d+ - plan: is pure/);
  }, 60_000);

  test('a broken one fails by the name of its case', async () => {
    const { code, output } = await run('createReferenceSubject((provider) => ({ ...provider, title: "" }))');
    expect(code).not.toBe(0);
    expect(output).toMatch(/not ok \d+ - identity: members and declared capabilities agree/);
    expect(output).toMatch(/[^t] ok \d+ - plan: is pure/);
  }, 60_000);
});
