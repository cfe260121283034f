import { PassThrough } from 'node:stream';
import type { ShellExit, ShellProcess, ShellRequest } from '../ssh/shell.js';
import { createLineEditor } from './line-editor.js';
import { fromChunks, runScript, type ScriptExit, type ScriptWorld } from './script-shell.js';

const ENDING_SIGNALS = ['HUP', 'KILL', 'TERM'];

/** A shell or command over SSH, answered by the script interpreter. */
export function openScriptProcess(world: ScriptWorld, request: ShellRequest): ShellProcess {
  const stdin = new PassThrough();
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const own: ScriptWorld = { ...world, env: { ...world.env, ...request.env } };
  const resize = (size: { columns: number; rows: number }): void => {
    own.env.COLUMNS = String(size.columns);
    own.env.LINES = String(size.rows);
  };
  if (request.pty) {
    own.env.TERM = request.pty.term;
    resize(request.pty);
  }
  const hasTerminal = request.pty !== null;
  const print = (stream: PassThrough, chunk: Buffer): void => {
    if (!stream.writable) return;
    // A terminal's lines end in CR LF; anything else must pass byte by byte.
    stream.write(hasTerminal ? Buffer.from(chunk.toString('latin1').replace(/\r?\n/g, '\r\n'), 'latin1') : chunk);
  };
  const out = (chunk: Buffer): void => print(stdout, chunk);
  // A terminal has one output only.
  const err = (chunk: Buffer): void => print(hasTerminal ? stdout : stderr, chunk);

  let current = new AbortController();
  const run = (script: string, input: AsyncIterable<Buffer>): Promise<ScriptExit> => {
    const { signal } = current;
    return Promise.race([runScript(script, own, { stdin: input, out, err, signal }), whenAborted(signal)]);
  };
  const interrupt = (name: string): void => {
    current.abort(name);
    current = new AbortController();
  };

  const shell = async (): Promise<ScriptExit> => {
    const echo = (text: string): void => (hasTerminal ? out(Buffer.from(text)) : undefined);
    const prompt = (): void => echo(`${own.user}@${own.env.FLY_APP_NAME ?? 'machine'}:~$ `);
    const editor = createLineEditor(stdin, echo, () => {
      interrupt('INT');
      prompt();
    });
    let last: ScriptExit = { code: 0, signal: null };
    prompt();
    for (let input = await editor.next(); input.kind === 'line'; input = await editor.next()) {
      last = await run(input.text, fromChunks([]));
      if (last.byExit === true) return last;
      if (last.signal !== null && ENDING_SIGNALS.includes(last.signal)) return last;
      if (last.signal === null) prompt();
    }
    return { code: last.code, signal: null };
  };

  const exited = (request.command === null ? shell() : run(request.command, stdin)).then(
    toShellExit,
    (): ShellExit => ({ code: 1, signal: null }),
  );
  void exited.then(() => {
    stdout.end();
    stderr.end();
  });

  const signal = (name: string): void => {
    interrupt(name);
    // An idle shell that is told to end reads end of file.
    if (ENDING_SIGNALS.includes(name)) stdin.end();
  };
  return {
    stdin,
    stdout,
    stderr,
    resize,
    signal,
    hangUp: () => signal('HUP'),
    exited,
  };
}

function whenAborted(signal: AbortSignal): Promise<ScriptExit> {
  return new Promise((resolve) => {
    const exit = (): void => resolve({ code: 130, signal: String(signal.reason) });
    signal.addEventListener('abort', exit, { once: true });
  });
}

function toShellExit(exit: ScriptExit): ShellExit {
  return exit.signal === null ? { code: exit.code, signal: null } : { code: null, signal: exit.signal };
}
