import { readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import * as emulator from '../src/index.js';
import { FAULT_CATALOGUE } from '../src/faults/catalogue.js';

const readme = readFileSync(path.join(__dirname, '../README.md'), 'utf8');

test('the example runs and shows a machine although its answer was lost', async () => {
  const code = /```ts\n([\s\S]*?)```/.exec(readme)?.[1] ?? '';
  const body = code.replace(/^import .*$/m, '');
  expect(code).toContain("from '@sindri/fly-emulator'");
  const { outputText } = ts.transpileModule(`async function example() {${body}}`, {
    compilerOptions: { target: ts.ScriptTarget.ES2022 },
  });
  const shown: unknown[] = [];
  const names = ['createVirtualClock', 'startFlyEmulator', 'console'];
  const example = new Function(...names, `${outputText}; return example();`) as (...args: unknown[]) => Promise<void>;
  await example(emulator.createVirtualClock, emulator.startFlyEmulator, { log: (value: unknown) => shown.push(value) });
  expect(shown).toEqual([
    [expect.objectContaining({ app: 'demo', config: expect.objectContaining({ image: 'nginx' }) })],
  ]);
});

test('the table of faults names all of the catalogue and nothing else', () => {
  const table = /## Faults\n([\s\S]*?)\n`inject/.exec(readme)?.[1] ?? '';
  const listed = [...table.matchAll(/`([a-z0-9-]+)`/g)].map((match) => match[1]);
  expect(listed.sort()).toEqual(FAULT_CATALOGUE.map((fault) => fault.name).sort());
});
