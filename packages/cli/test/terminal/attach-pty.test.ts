import path from 'node:path';
import { openPseudoTerminal, type TerminalProgram } from '../../../../test/pseudo-terminal.js';
import { testIfInstalled } from '../../../../test/system-component.js';

/** Starting a process on a busy machine takes its time. */
jest.setTimeout(60_000);

const program = path.join(__dirname, 'fixtures/attach-here.cjs');

const running: TerminalProgram[] = [];
afterEach(() => {
  for (const screen of running.splice(0)) screen.kill();
});

/** A shell on a real pseudo-terminal that runs the program and then tells its exit status and the state of the terminal. */
function start(): TerminalProgram {
  const script = `"${process.execPath}" "${program}"; echo "status $?"; stty -a; echo end`;
  const screen = openPseudoTerminal('/bin/sh', ['-c', script], { name: 'xterm', cols: 90, rows: 30 });
  running.push(screen);
  return screen;
}

/** `stty -a` of a terminal in its ordinary state. */
async function expectCooked(screen: TerminalProgram): Promise<void> {
  const [report] = await screen.expect(/speed [^]*?end/);
  for (const mode of ['icanon', 'echo', 'isig', 'icrnl', 'opost']) {
    expect(report).toMatch(new RegExp(`(?:^|\\s)${mode}\\b`, 'm'));
  }
  await screen.exited;
}

testIfInstalled('stty', 'keys arrive raw, the size is followed, and the terminal is as before afterwards', async () => {
  const screen = start();
  await screen.expect(/size 90x30/);
  await screen.expect(/attached/);
  screen.type('\u0003\u001a\r');
  await screen.expect(/got "\\u0003\\u001a\\r"/);
  screen.resize(61, 17);
  await screen.expect(/size 61x17/);
  screen.type('bye');
  await screen.expect(/status 5/);
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
    await screen.expect(/attached/);
    screen.type(typed);
    await screen.expect(new RegExp(shown));
    await screen.expect(new RegExp(`status ${status}`));
    await expectCooked(screen);
  }
});

testIfInstalled('stty', 'SIGTERM and SIGHUP leave the terminal as it was', async () => {
  for (const [signal, status] of [
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const) {
    const screen = start();
    const [, pid] = await screen.expect(/pid (\d+)\s/);
    await screen.expect(/attached/);
    process.kill(Number(pid), signal);
    await screen.expect(new RegExp(`status ${status}`));
    await expectCooked(screen);
  }
});

testIfInstalled('stty', 'after being stopped and continued it is in raw mode again', async () => {
  const screen = start();
  const [, pid] = await screen.expect(/pid (\d+)\s/);
  await screen.expect(/attached/);
  process.kill(Number(pid), 'SIGCONT');
  screen.type('\u0003');
  await screen.expect(/got "\\u0003"/);
  screen.type('bye');
  await screen.expect(/status 5/);
  await expectCooked(screen);
});

testIfInstalled(
  'stty',
  '~^Z goes back to the shell with its terminal as it was, and fg returns to the session',
  async () => {
    const script = `set -m; "${process.execPath}" "${program}"; echo "shell $?"; stty -a; echo end; read go; fg; echo "status $?"`;
    const screen = openPseudoTerminal('/bin/sh', ['-c', script], { name: 'xterm', cols: 90, rows: 30 });
    running.push(screen);
    await screen.expect(/attached/);
    screen.type('\r~\u001a');
    await screen.expect(/shell 1[0-9]+/);
    const [report] = await screen.expect(/speed [^]*?end/);
    for (const mode of ['icanon', 'echo', 'isig']) expect(report).toMatch(new RegExp(`(?:^|\\s)${mode}\\b`, 'm'));
    screen.resize(61, 17);
    screen.type('go\r');
    await screen.expect(/size 61x17/);
    screen.type('\u0003bye');
    await screen.expect(/got "\\u0003bye"/);
    await screen.expect(/status 5/);
    await screen.exited;
  },
);
