'use strict';
const { spawn } = require('node:child_process');

/** Errors are recognised by this mark, so a provider needs no copy of @sindri/core to make one. */
exports.failure = (code, kind, message, hint) => {
  const error = Object.assign(new Error(message), { code, kind, hint, retryable: false, details: {} });
  return Object.defineProperty(error, Symbol.for('sindri.error/1'), { value: true });
};

/** A command, or a login shell, as a session: streams, signals, the size of its terminal, and how it ended. */
exports.openShell = ({ command, terminal }, { cwd, env }) => {
  // script(1) of util-linux lends a terminal without a native module. Its size is set from within.
  const inTerminal = `stty rows ${terminal?.rows} cols ${terminal?.columns}; ${command ?? 'exec sh -l'}`;
  const shell = command === undefined ? ['-l'] : ['-c', command];
  const [program, args] = terminal ? ['script', ['-qec', inTerminal, '/dev/null']] : ['sh', shell];
  const child = spawn(program, args, { cwd, env: { TERM: terminal?.type, ...env }, detached: true });
  const { pid, stdin, stdout, stderr } = child;
  const exited = new Promise((resolve, reject) => {
    child.once('close', (code, signal) => resolve({ code, signal: signal?.slice('SIG'.length) ?? null }));
    child.once('error', ({ message }) => reject(exports.failure('DIRECTORY_NO_SHELL', 'transport', message)));
  });
  // Whoever does not wait for the end, or writes after it, has not done anything wrong.
  exited.catch(() => undefined);
  stdin.on('error', () => undefined);
  const signal = (name) => {
    try {
      // To the whole group: what a shell has started must not outlive its session.
      if (pid !== undefined) process.kill(-pid, `SIG${name}`);
    } catch {
      // It has ended already.
    }
  };
  const resize = ({ columns, rows }) => {
    if (!terminal || pid === undefined || child.exitCode !== null) return;
    // The terminal is what the child of script has open; whoever sets its size there tells the programs in it, too.
    const tty = `/proc/$(cut -d' ' -f1 /proc/${pid}/task/${pid}/children)/fd/0`;
    spawn('sh', ['-c', `stty rows ${rows} cols ${columns} < ${tty}`], { stdio: 'ignore' }).on('error', () => undefined);
  };
  // script does not hear a hangup; without it the terminal is gone, and everything in it hears one.
  return { stdin, stdout, stderr, exited, signal, resize, close: () => signal(terminal ? 'KILL' : 'HUP') };
};
