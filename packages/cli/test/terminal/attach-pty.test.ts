import path from 'node:path';
import { spawn, type IPty } from '@lydell/node-pty';
import { testIfInstalled } from '../../../../test/system-component.js';

/** Starting a process on a busy machine takes its time. */
jest.setTimeout(60_000);

const program = path.join(__dirname, 'fixtures/attach-here.cjs');

interface Screen {
  pty: IPty;
  /** Resolves when `pattern` has appeared after everything that was awaited before. */
  shows(pattern: RegExp): Promise<RegExpExecArray>;
  ended: Promise<void>;
}

const running: IPty[] = [];
afterEach(() => {
  for (const pty of running.splice(0)) pty.kill('SIGKILL');
});

/** A shell on a real pseudo-terminal that runs the program and then tells its exit status and the state of the terminal. */
function start(): Screen {
  const script = `"${process.execPath}" "${program}"; echo "status $?"; stty -a; echo end`;
  const pty = spawn('/bin/sh', ['-c', script], { name: 'xterm', cols: 90, rows: 30 });
  running.push(pty);
  let text = '';
  const waiting = new Set<() => void>();
  const wake = () => {
    for (const waiter of waiting) waiter();
  };
  pty.onData((data) => {
    text += data;
    wake();
  });
  const ended = new Promise<void>((resolve) => pty.onExit(() => resolve()));
  return {
    pty,
    ended,
    shows: (pattern) =>
      new Promise((resolve) => {
        const waiter = () => {
          const match = pattern.exec(text);
          if (match === null) return;
          waiting.delete(waiter);
          text = text.slice(match.index + match[0].length);
          resolve(match);
        };
        waiting.add(waiter);
        waiter();
      }),
  };
}

/** `stty -a` of a terminal in its ordinary state. */
async function expectCooked(screen: Screen): Promise<void> {
  const [report] = await screen.shows(/speed [^]*?end/);
  for (const mode of ['icanon', 'echo', 'isig', 'icrnl', 'opost']) {
    expect(report).toMatch(new RegExp(`(?:^|\\s)${mode}\\b`, 'm'));
  }
  await screen.ended;
}

testIfInstalled('stty', 'keys arrive raw, the size is followed, and the terminal is as before afterwards', async () => {
  const screen = start();
  await screen.shows(/size 90x30/);
  await screen.shows(/attached/);
  screen.pty.write('\u0003\u001a\r');
  await screen.shows(/got "\\u0003\\u001a\\r"/);
  screen.pty.resize(61, 17);
  await screen.shows(/size 61x17/);
  screen.pty.write('bye');
  await screen.shows(/status 5/);
  await expectCooked(screen);
});

testIfInstalled('stty', 'a lost connection, ~. and errors leave the terminal as it was', async () => {
  for (const [typed, shown, status] of [
    ['lost', 'The line went dead', 255],
    ['\r~.', 'Disconnected', 255],
    ['odd', 'failed: unheard of', 1],
    ['crash', 'crashed', 1],
  ] as const) {
    const screen = start();
    await screen.shows(/attached/);
    screen.pty.write(typed);
    await screen.shows(new RegExp(shown));
    await screen.shows(new RegExp(`status ${status}`));
    await expectCooked(screen);
  }
});

testIfInstalled('stty', 'SIGTERM and SIGHUP leave the terminal as it was', async () => {
  for (const [signal, status] of [
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const) {
    const screen = start();
    const [, pid] = await screen.shows(/pid (\d+)/);
    await screen.shows(/attached/);
    process.kill(Number(pid), signal);
    await screen.shows(new RegExp(`status ${status}`));
    await expectCooked(screen);
  }
});

testIfInstalled('stty', 'after being stopped and continued it is in raw mode again', async () => {
  const screen = start();
  const [, pid] = await screen.shows(/pid (\d+)/);
  await screen.shows(/attached/);
  process.kill(Number(pid), 'SIGCONT');
  screen.pty.write('\u0003');
  await screen.shows(/got "\\u0003"/);
  screen.pty.write('bye');
  await screen.shows(/status 5/);
  await expectCooked(screen);
});
