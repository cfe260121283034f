import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import ts from 'typescript';

const root = path.resolve(__dirname, '../../../..');

/** `node --test` on the sources: a loader that compiles what jest compiles elsewhere. */
const LOADER = `
  const { readFileSync } = require('node:fs');
  const Module = require('node:module');
  const path = require('node:path');
  const ts = require(${JSON.stringify(require.resolve('typescript'))});
  const rooms = { '@sindri/core': 'packages/core', '@sindri/testkit': 'packages/testkit' };
  const resolve = Module._resolveFilename;
  Module._resolveFilename = function (request, parent, ...rest) {
    if (rooms[request]) return path.join(${JSON.stringify(root)}, rooms[request], 'src/index.ts');
    const isOurs = request.startsWith('.') && request.endsWith('.js') && parent.filename.endsWith('.ts');
    if (isOurs) return path.resolve(path.dirname(parent.filename), request.slice(0, -3) + '.ts');
    return resolve.call(this, request, parent, ...rest);
  };
  Module._extensions['.ts'] = (module, file) => {
    const { outputText } = ts.transpileModule(readFileSync(file, 'utf8'), {
      compilerOptions: { module: ${ts.ModuleKind.CommonJS}, target: ${ts.ScriptTarget.ES2022}, esModuleInterop: true },
    });
    module._compile(outputText, file);
  };
`;

function suite(subject: string): string {
  return `
    const { describe, test } = require('node:test');
    const { createReferenceSubject, testConformance } = require('@sindri/testkit');
    testConformance(${subject}, { describe, test });
  `;
}

describe('under node:test', () => {
  let directory: string;

  beforeEach(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'sindri-node-test-'));
    await writeFile(path.join(directory, 'loader.cjs'), LOADER);
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  async function run(subject: string): Promise<{ code: number | null; output: string }> {
    const file = path.join(directory, 'conformance.test.cjs');
    await writeFile(file, suite(subject));
    const args = ['--require', path.join(directory, 'loader.cjs'), '--test', '--test-reporter=tap', file];
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
