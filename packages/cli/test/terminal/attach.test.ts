import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { PassThrough, Readable } from 'node:stream';
import { SindriError } from '@sindri/core';
import { attachSession, type AttachOptions } from '../../src/terminal/attach.js';
import { createFakeSession } from './fixtures/fake-session.js';
import { brokenOutput, FakeSignals, fakeKeyboard, fakeOutput } from './fixtures/fake-terminal.js';

function setUp(options: Partial<AttachOptions> = {}) {
  const session = createFakeSession();
  const stdin = new PassThrough();
  const stdout = fakeOutput();
  const stderr = fakeOutput();
  const signals = new FakeSignals();
  const controller = new AbortController();
  const all = { stdin, stdout, stderr, signals, signal: controller.signal, terminal: false, ...options };
  return { session, stdin, stdout, stderr, signals, controller, status: attachSession(session, all) };
}

function setUpTerminal() {
  const keyboard = fakeKeyboard();
  const screen = fakeOutput({ isTTY: true, columns: 100, rows: 30 });
  return { keyboard, screen, ...setUp({ terminal: true, stdin: keyboard, stdout: screen }) };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));
const broken = () => new SindriError({ code: 'SSH_CLOSED', kind: 'transport', message: 'The connection broke.' });

test('copies output, keeps the streams apart, and returns the remote code', async () => {
  const { session, stdout, stderr, status } = setUp();
  session.stdout.write('out');
  session.stderr.write('err');
  session.finish({ code: 7 });
  expect(await status).toBe(7);
  expect([stdout.text(), stderr.text()]).toEqual(['out', 'err']);
  expect(session.closes).toBe(0);
  expect(stdout.writableEnded).toBe(false);
});

test('waits until the tail of the output is written, however slow the reader', async () => {
  const { session, stdout, status } = setUp();
  let returned = false;
  void status.then(() => (returned = true));
  stdout.hold(true);
  session.stdout.write('a first part that fills the buffer');
  await turn();
  session.stdout.write(' and the tail');
  session.finish({ code: 0 });
  for (let i = 0; i < 20; i += 1) await turn();
  expect(returned).toBe(false);
  stdout.hold(false);
  await status;
  expect(stdout.text()).toBe('a first part that fills the buffer and the tail');
});

test('a slow reader holds the session back', async () => {
  const { session, stdout, status } = setUp();
  stdout.hold(true);
  for (let i = 0; i < 100; i += 1) session.stdout.write(Buffer.alloc(10_000));
  for (let i = 0; i < 20; i += 1) await turn();
  expect(session.stdout.isPaused()).toBe(true);
  expect(stdout.text().length).toBeLessThan(100_000);
  stdout.hold(false);
  session.finish({ code: 0 });
  await status;
  expect(stdout.text()).toHaveLength(1_000_000);
});

test('input goes on, and its end too', async () => {
  const { session, stdin, status } = setUp();
  stdin.write('one ');
  stdin.end('two');
  await session.inputEnded;
  expect(session.received()).toBe('one two');
  session.finish({ code: 0 });
  expect(await status).toBe(0);
});

test('a session that takes no input holds the local input back', async () => {
  const { session, stdin, status } = setUp();
  session.hold(true);
  stdin.write('x'.repeat(100));
  await turn();
  stdin.write('y'.repeat(100));
  await turn();
  expect(stdin.isPaused()).toBe(true);
  session.hold(false);
  stdin.end();
  await session.inputEnded;
  expect(session.received()).toHaveLength(200);
  session.finish({ code: 0 });
  await status;
});

test.each<[string, () => Readable]>([
  ['empty', () => createReadStream('/dev/null')],
  ['a directory', () => createReadStream('/')],
  ['closed', () => new PassThrough().destroy()],
  ['at its end', () => Readable.from([])],
  [
    'broken',
    () =>
      new Readable({
        read() {
          this.destroy(new Error('read EIO'));
        },
      }),
  ],
])('input that is %s counts as ended', async (_name, makeInput) => {
  const { session, status } = setUp({ stdin: makeInput() });
  await session.inputEnded;
  session.finish({ code: 3 });
  expect(await status).toBe(3);
});

test('the signal that ended the remote process becomes 128 plus its number', async () => {
  const { session, status } = setUp();
  session.finish({ signal: 'KILL' });
  expect(await status).toBe(137);
});

test('a broken connection is 255, said on stderr, after the output that came', async () => {
  const { session, stdout, stderr, status } = setUp();
  session.stdout.write('partial');
  await turn();
  session.fail(broken());
  expect(await status).toBe(255);
  expect([stdout.text(), stderr.text()]).toEqual(['partial', 'The connection broke.\n']);
});

test('any other error of the session is passed on', async () => {
  const { session, status } = setUp();
  session.fail(new Error('unheard of'));
  await expect(status).rejects.toThrow('unheard of');
});

test('an abort closes the session and rejects with its reason', async () => {
  const { session, controller, status } = setUp();
  controller.abort(new Error('enough'));
  await expect(status).rejects.toThrow('enough');
  expect(session.closes).toBe(1);

  const early = createFakeSession();
  await expect(
    attachSession(early, {
      stdin: new PassThrough(),
      stdout: fakeOutput(),
      stderr: fakeOutput(),
      terminal: false,
      signal: AbortSignal.abort(new Error('early')),
    }),
  ).rejects.toThrow('early');
  expect(early.closes).toBe(1);
});

test('without a terminal SIGINT and SIGTERM are passed on; the process decides', async () => {
  const { session, signals, status } = setUp();
  signals.emit('SIGINT');
  expect(session.signals).toEqual(['INT']);
  session.finish({ code: 99 });
  expect(await status).toBe(99);

  const second = setUp();
  second.signals.emit('SIGTERM');
  second.session.finish({ signal: 'TERM' });
  expect([second.session.signals, await second.status]).toEqual([['TERM'], 143]);
});

test('a second interrupt ends the session at once', async () => {
  const { session, signals, status } = setUp();
  signals.emit('SIGINT');
  signals.emit('SIGINT');
  expect(await status).toBe(130);
  expect([session.signals, session.closes]).toEqual([['INT'], 1]);
});

test('a hang-up is passed on and ends the session', async () => {
  const { session, signals, status } = setUp();
  signals.emit('SIGHUP');
  expect(await status).toBe(129);
  expect([session.signals, session.closes]).toEqual([['HUP'], 1]);
});

test('when nobody reads our output any more, the session ends calmly', async () => {
  const { session, stderr, status } = setUp({ stdout: brokenOutput() });
  session.stdout.write('into the void');
  expect(await status).toBe(141);
  expect([session.closes, stderr.text()]).toEqual([1, '']);
});

test('a stderr that nobody reads is no reason to end', async () => {
  const { session, stdout, status } = setUp({ stderr: brokenOutput() });
  session.stderr.write('warning');
  await turn();
  session.stdout.write('result');
  session.finish({ code: 0 });
  expect([await status, stdout.text()]).toEqual([0, 'result']);
});

test('with a terminal keys go on as bytes, Ctrl-C too, and raw mode is undone', async () => {
  const { session, keyboard, status } = setUpTerminal();
  expect(keyboard.isRaw).toBe(true);
  keyboard.write('\u0003');
  await turn();
  expect([session.received(), session.signals]).toEqual(['\u0003', []]);
  session.finish({ code: 0 });
  await status;
  expect(keyboard.modes).toEqual([true, false]);
  expect(keyboard.isPaused()).toBe(true);
});

test.each([
  ['SIGTERM', 143],
  ['SIGHUP', 129],
  ['SIGINT', 130],
])('with a terminal %s from outside restores it and ends the session', async (name, code) => {
  const { session, keyboard, signals, status } = setUpTerminal();
  signals.emit(name);
  expect(await status).toBe(code);
  expect([keyboard.isRaw, session.closes, session.signals]).toEqual([false, 1, []]);
});

test('raw mode is undone on every other way out', async () => {
  for (const end of [
    (terminal: ReturnType<typeof setUpTerminal>) => terminal.session.fail(broken()),
    (terminal: ReturnType<typeof setUpTerminal>) => terminal.session.fail(new Error('unheard of')),
    (terminal: ReturnType<typeof setUpTerminal>) => terminal.controller.abort(),
  ]) {
    const terminal = setUpTerminal();
    end(terminal);
    await terminal.status.catch(() => undefined);
    expect(terminal.keyboard.isRaw).toBe(false);
  }
});

test('a continued job gets its raw mode back', async () => {
  const { session, keyboard, signals, status } = setUpTerminal();
  keyboard.modes.length = 0;
  signals.emit('SIGCONT');
  expect(keyboard.modes.at(-1)).toBe(true);
  session.finish({ code: 0 });
  await status;
  expect(keyboard.isRaw).toBe(false);
});

test('the size of the terminal is told at the start and whenever it changes', async () => {
  const { session, screen, status } = setUpTerminal();
  Object.assign(screen, { columns: 70, rows: 20 });
  screen.emit('resize');
  expect(session.sizes).toEqual([
    { columns: 100, rows: 30 },
    { columns: 70, rows: 20 },
  ]);
  session.finish({ code: 0 });
  await status;
  screen.emit('resize');
  expect(session.sizes).toHaveLength(2);
});

test('~. disconnects, ~? explains', async () => {
  const { session, keyboard, stderr, status } = setUpTerminal();
  keyboard.write('~?');
  await turn();
  expect(stderr.text()).toContain('~.   disconnect');
  expect(stderr.text()).not.toMatch(/[^\r]\n/);
  keyboard.write('exit\r~.');
  expect(await status).toBe(255);
  expect(session.received()).toBe('exit\r');
  expect([session.closes, stderr.text()]).toEqual([1, expect.stringContaining('Disconnected.')]);
});

test('without a terminal ~. is text', async () => {
  const { session, stdin, status } = setUp();
  stdin.end('~.');
  await session.inputEnded;
  session.finish({ code: 0 });
  expect([await status, session.received()]).toEqual([0, '~.']);
});

test('a remote terminal fed from a pipe gets ^D at the end of input', async () => {
  for (const [input, expected] of [
    ['exit 3\n', 'exit 3\n\u0004'],
    ['no newline', 'no newline\u0004\u0004'],
    ['', '\u0004'],
  ] as const) {
    const { session, stdin, status } = setUp({ terminal: true });
    stdin.end(input);
    await session.inputEnded;
    session.finish({ code: 0 });
    await status;
    expect(session.received()).toBe(expected);
  }
});

test('nothing is left behind on the streams and signals', async () => {
  const counts = (stream: NodeJS.EventEmitter) =>
    Object.fromEntries(['data', 'end', 'close', 'drain', 'resize'].map((name) => [name, stream.listenerCount(name)]));
  const keyboard = fakeKeyboard();
  const [stdout, stderr] = [fakeOutput({ isTTY: true, columns: 80, rows: 24 }), fakeOutput()];
  const before = [keyboard, stdout, stderr].map(counts);
  const { session, signals, status } = setUp({ terminal: true, stdin: keyboard, stdout, stderr });
  session.finish({ code: 0 });
  await status;
  await turn();
  expect([keyboard, stdout, stderr].map(counts)).toEqual(before);
  expect(signals.eventNames()).toEqual([]);
});

test('input that comes after the process has ended is left alone', async () => {
  const { session, stdin, status } = setUp();
  session.stdin.destroy();
  await once(session.stdin, 'close');
  stdin.write('for somebody else');
  session.finish({ code: 0 });
  await status;
  expect([session.received(), stdin.isPaused()]).toEqual(['', true]);
});
