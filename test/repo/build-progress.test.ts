import { createBuildProgress } from '../../scripts/build-progress.cjs';

const told = [
  '1:49:46 PM - Projects in this build: ',
  '    * packages/core/tsconfig.json',
  "1:49:46 PM - Project 'packages/core/tsconfig.json' is up to date because newest input is older than output",
  "1:49:46 PM - Building project '/somewhere/clone/packages/cli/tsconfig.json'...",
  'packages/cli/src/style.ts(51,7): error TS2322: Type',
  '',
];

test('set-up says which package it builds, and passes on what is wrong', () => {
  let text = '';
  const progress = createBuildProgress({ stream: { write: (more) => (text += more) }, total: 9 });
  progress.begin('Looking for what has changed …');
  for (const line of told) progress.line(line);
  progress.end();
  expect(text).toBe(
    'Looking for what has changed …\nBuilding packages/cli (1 of at most 9) …\npackages/cli/src/style.ts(51,7): error TS2322: Type\n',
  );
});

test('at a terminal it is one line that moves, shows the time, and is gone in the end', () => {
  const { CI, TERM } = process.env;
  delete process.env['CI'];
  process.env['TERM'] = 'xterm';
  try {
    let text = '';
    let now = 0;
    let tick = (): void => undefined;
    const progress = createBuildProgress({
      stream: { write: (more) => (text += more), isTTY: true, columns: 60 },
      total: 9,
      now: () => now,
      every: (_ms, next) => {
        tick = next;
        return () => (tick = () => undefined);
      },
    });
    // With colours, as TypeScript tells it at a terminal.
    for (const line of told) progress.line(line.replace('1:49:46 PM -', '[\u001b[90m1:49:46 PM\u001b[0m]'));
    now = 3_000;
    tick();
    progress.end();
    const shown = text.split('\r').map((line) => line.replace('\u001b[K', ''));
    expect(shown).toContain('Building packages/cli (1 of at most 9) … 0 s');
    expect(shown).toContain('packages/cli/src/style.ts(51,7): error TS2322: Type\n');
    for (const line of shown) expect(line.startsWith('Building') ? line.length : 0).toBeLessThan(60);
    expect(shown.at(-1)).toBe('');
    progress.begin('Short');
    now = 5_000;
    tick();
    expect(text).toContain('\rShort 2 s\u001b[K');
  } finally {
    Object.assign(process.env, CI === undefined ? {} : { CI }, TERM === undefined ? {} : { TERM });
  }
});
