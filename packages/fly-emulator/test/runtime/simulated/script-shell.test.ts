import { createScriptFiles } from '../../../src/runtime/simulated/script-files.js';
import { fromChunks, runScript, type ScriptWorld } from '../../../src/runtime/simulated/script-shell.js';

const world = (files = new Map<string, Buffer>()): ScriptWorld => ({
  env: { NAME: 'value', EMPTY: '' },
  user: 'developer',
  home: '/home/dev',
  files: createScriptFiles(files, [], new Map([['/etc/motd', () => Buffer.from('welcome\n')]])),
  sleep: () => Promise.resolve(),
  awake: () => Promise.resolve(),
});

async function run(script: string, input = '', inside = world()) {
  let out = '';
  let err = '';
  const exit = await runScript(script, inside, {
    stdin: fromChunks(input === '' ? [] : [Buffer.from(input)]),
    out: (chunk) => void (out += chunk),
    err: (chunk) => void (err += chunk),
    signal: new AbortController().signal,
  });
  return { code: exit.code, signal: exit.signal, out, err };
}

test.each([
  ['echo one two', 'one two\n', 0],
  ['echo -n bare', 'bare', 0],
  [`printf '%s-%s\\n' a b`, 'a-b\n', 0],
  [`printf 'no newline'`, 'no newline', 0],
  ['true && echo yes || echo no', 'yes\n', 0],
  ['false && echo yes || echo no', 'no\n', 0],
  ['false; echo $?', '1\n', 0],
  ['exit 7; echo never', '', 7],
  [`sh -c 'echo in; exit 3'; echo "then $?"`, 'in\nthen 3\n', 0],
  ['echo "$NAME" \'$NAME\' ${EMPTY:-fallback} ${NAME:-x}', 'value $NAME fallback value\n', 0],
  ['printenv NAME', 'value\n', 0],
  ['printenv NOTHING', '', 1],
  ['id -un', 'developer\n', 0],
  ['cat /etc/motd', 'welcome\n', 0],
  ['cat /etc/mo*', 'welcome\n', 0],
  ['echo a | cat', 'a\n', 0],
  ['echo /nothing/*', '/nothing/*\n', 0],
  ['nonsense 2>/dev/null || echo rescued', 'rescued\n', 0],
  ['echo "a;b" c\\ d', 'a;b c d\n', 0],
  ['sleep 1000 && echo done', 'done\n', 0],
])('%s', async (script, out, code) => {
  expect(await run(script)).toMatchObject({ out, code, signal: null });
});

describe('sleep', () => {
  const slept: number[] = [];
  const sleeper = { ...world(), sleep: (ms: number) => Promise.resolve(void slept.push(ms)) };
  beforeEach(() => void (slept.length = 0));

  test.each([
    ['2', 2000],
    ['0.5', 500],
    ['3s', 3000],
    ['1m', 60_000],
    ['1h', 3_600_000],
    ['.5d', 43_200_000],
    ['1m 30', 90_000],
    ['inf', 2 ** 31 * 1000],
    ['infinity', 2 ** 31 * 1000],
  ])('sleep %s', async (words, ms) => {
    expect((await run(`sleep ${words}`, '', sleeper)).code).toBe(0);
    expect(slept).toEqual([ms]);
  });

  test.each(['soon', '1w', '-1', '1e', "''"])('sleep %s is refused', async (word) => {
    const { code, err } = await run(`sleep ${word}`, '', sleeper);
    expect(code).toBe(1);
    expect(err).toMatch(/^sleep: invalid time interval '.*'\n$/);
    expect(slept).toEqual([]);
  });
});

test('an unknown program', async () => {
  expect(await run('frobnicate --all')).toEqual({
    code: 127,
    signal: null,
    out: '',
    err: 'sh: 1: frobnicate: not found\n',
  });
});

test('standard input, errors into output, a file written and appended to', async () => {
  expect((await run('cat', 'typed')).out).toBe('typed');
  expect((await run('cat /none 2>&1')).out).toContain('No such file');
  const inside = world();
  await run('echo one > note; echo two >> note', '', inside);
  expect((await run('cat /home/dev/note', '', inside)).out).toBe('one\ntwo\n');
});

test('an end by signal', async () => {
  expect(await run('kill -TERM $$')).toMatchObject({ code: 143, signal: 'TERM' });
});

test('bad syntax is an exit, not an exception', async () => {
  expect(await run(`echo 'open`)).toMatchObject({ code: 2, err: expect.stringContaining('Unterminated') });
});
