import { expandWord } from './script-expansion.js';
import { FILE_PROGRAMS } from './file-programs.js';
import { absolutePath, type ScriptFiles } from './script-files.js';
import { parseScript, ScriptSyntaxError, type ScriptCommand } from './script-syntax.js';

/** The inside of a scripted machine. */
export interface ScriptWorld {
  env: Record<string, string>;
  user: string;
  home: string;
  files: ScriptFiles;
  /** Resolves after that time of the emulator's clock; rejects when the signal is aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** Resolves at once, or when a frozen machine is thawed. */
  awake(): Promise<void>;
}

/** Where a script reads and writes. */
export interface ScriptIo {
  stdin: AsyncIterable<Buffer>;
  out(chunk: Buffer): void;
  err(chunk: Buffer): void;
  /** Aborted with a signal name (`INT`) as reason. */
  signal: AbortSignal;
}

export interface ScriptExit {
  code: number;
  /** Name of the signal that ended it. */
  signal: string | null;
  /** Ended by `exit`, so that a shell around it ends as well. */
  byExit?: boolean;
}

/** Ends the whole script, as `exit` does. */
class ExitRequest extends Error {
  constructor(readonly exit: ScriptExit) {
    super('exit');
  }
}

type Program = (args: string[], io: ScriptIo, world: ScriptWorld) => number | Promise<number>;

const PROGRAMS: Record<string, Program> = {
  ...FILE_PROGRAMS,
  true: () => 0,
  ':': () => 0,
  false: () => 1,
  echo: (args, io) => {
    const noNewline = args[0] === '-n';
    io.out(Buffer.from((noNewline ? args.slice(1) : args).join(' ') + (noNewline ? '' : '\n')));
    return 0;
  },
  printf: (args, io) => {
    io.out(Buffer.from(formatPrintf(args)));
    return 0;
  },
  exit: (args) => {
    throw new ExitRequest({ code: Number(args[0] ?? 0) & 255, signal: null, byExit: true });
  },
  kill: (args) => {
    const name = (args[0] ?? '').replace(/^-(SIG)?/, '');
    throw new ExitRequest({ code: 128 + (SIGNAL_NUMBERS[name] ?? 15), signal: name === '9' ? 'KILL' : name });
  },
  printenv: (args, io, world) => {
    if (args.length === 0) {
      for (const [name, value] of Object.entries(world.env)) io.out(Buffer.from(`${name}=${value}\n`));
      return 0;
    }
    const name = args[0] ?? '';
    if (!Object.hasOwn(world.env, name)) return 1;
    io.out(Buffer.from(`${world.env[name]}\n`));
    return 0;
  },
  id: (args, io, world) => {
    io.out(Buffer.from(args.includes('-un') ? `${world.user}\n` : `uid=1001(${world.user}) gid=1001(${world.user})\n`));
    return 0;
  },
  whoami: (_args, io, world) => {
    io.out(Buffer.from(`${world.user}\n`));
    return 0;
  },
  pwd: (_args, io, world) => {
    io.out(Buffer.from(`${world.home}\n`));
    return 0;
  },
  sleep: async (args, io, world) => {
    const seconds = args.map(sleepSeconds);
    const wrong = seconds.findIndex((value) => value === null);
    if (wrong >= 0 || args.length === 0) {
      const text = args.length === 0 ? 'missing operand' : `invalid time interval '${args[wrong]}'`;
      io.err(Buffer.from(`sleep: ${text}\n`));
      return 1;
    }
    const sum = seconds.reduce<number>((total, value) => total + (value ?? 0), 0);
    await world.sleep(Math.min(sum, FOREVER_SECONDS) * 1000, io.signal);
    return 0;
  },
  cat: async (args, io, world) => {
    if (args.length === 0 || args[0] === '-') {
      for await (const chunk of io.stdin) io.out(chunk);
      return 0;
    }
    let code = 0;
    for (const arg of args) {
      const content = world.files.read(absolutePath(arg, world.home));
      if (content) io.out(content);
      else {
        io.err(Buffer.from(`cat: ${arg}: No such file or directory\n`));
        code = 1;
      }
    }
    return code;
  },
  sh: runNested,
  bash: runNested,
};

const FOREVER_SECONDS = 2 ** 31;
const SLEEP_UNITS: Record<string, number> = { '': 1, s: 1, m: 60, h: 3600, d: 86_400 };

/** `90`, `1.5h`, `inf`: as GNU's sleep reads it; `null` for what it refuses. */
function sleepSeconds(word: string): number | null {
  if (word === 'infinity' || word === 'inf') return FOREVER_SECONDS;
  const parts = /^(\d+\.?\d*|\.\d+)([smhd]?)$/.exec(word);
  return parts ? Number(parts[1]) * (SLEEP_UNITS[parts[2] ?? ''] ?? 1) : null;
}

const SIGNAL_NUMBERS: Record<string, number> = {
  HUP: 1,
  INT: 2,
  QUIT: 3,
  ABRT: 6,
  KILL: 9,
  USR1: 10,
  SEGV: 11,
  USR2: 12,
  TERM: 15,
  9: 9,
};

/** Runs the text of a script. Never rejects: what goes wrong becomes an exit, as in a shell. */
export function runScript(text: string, world: ScriptWorld, io: ScriptIo): Promise<ScriptExit> {
  return ending(io, () => runSteps(text, world, io));
}

/** Runs one program with the arguments as they are. */
export function runProgram(argv: string[], world: ScriptWorld, io: ScriptIo): Promise<ScriptExit> {
  return ending(io, () => runArgv(argv, world, io));
}

async function ending(io: ScriptIo, run: () => Promise<number>): Promise<ScriptExit> {
  try {
    return { code: await run(), signal: null };
  } catch (error) {
    if (error instanceof ExitRequest) return error.exit;
    if (error instanceof ScriptSyntaxError) {
      io.err(Buffer.from(`sh: 1: ${error.message}\n`));
      return { code: 2, signal: null };
    }
    const signal = io.signal.aborted ? String(io.signal.reason) : null;
    if (signal === null) throw error;
    return { code: 128 + (SIGNAL_NUMBERS[signal] ?? 15), signal };
  }
}

async function runSteps(text: string, world: ScriptWorld, io: ScriptIo): Promise<number> {
  let code = 0;
  for (const step of parseScript(text)) {
    if ((step.when === 'success' && code !== 0) || (step.when === 'failure' && code === 0)) continue;
    code = await runPipeline(step.pipeline, { ...world, env: { ...world.env, '?': String(code) } }, io);
  }
  return code;
}

async function runPipeline(pipeline: ScriptCommand[], world: ScriptWorld, io: ScriptIo): Promise<number> {
  let stdin = io.stdin;
  let code = 0;
  for (const [index, command] of pipeline.entries()) {
    const last = index === pipeline.length - 1;
    const piped: Buffer[] = [];
    const inner: ScriptIo = { ...io, stdin, ...(last ? {} : { out: (chunk: Buffer) => void piped.push(chunk) }) };
    code = await runCommand(command, world, inner);
    stdin = fromChunks(piped);
  }
  return code;
}

async function runCommand(command: ScriptCommand, world: ScriptWorld, io: ScriptIo): Promise<number> {
  const scope = { env: world.env, cwd: world.home, files: world.files };
  const argv = command.words.flatMap((word) => expandWord(word, scope));
  const inner: ScriptIo = { ...io };
  const finish: (() => void)[] = [];
  for (const redirect of command.redirects) {
    const key = redirect.fd === 1 ? 'out' : 'err';
    if (redirect.target === 'stdout') {
      inner.err = (chunk) => inner.out(chunk);
      continue;
    }
    if (redirect.target === 'stderr') {
      inner.out = inner.err;
      continue;
    }
    const path = absolutePath(expandWord(redirect.target, scope)[0] ?? '', world.home);
    const chunks: Buffer[] = [];
    inner[key] = (chunk) => void chunks.push(chunk);
    if (path === '/dev/null') continue;
    const before = redirect.append ? world.files.read(path) : undefined;
    finish.push(() => world.files.write(path, Buffer.concat([...(before ? [before] : []), ...chunks])));
  }
  try {
    return argv.length === 0 ? 0 : await runArgv(argv, world, inner);
  } finally {
    for (const write of finish) write();
  }
}

async function runArgv(argv: string[], world: ScriptWorld, io: ScriptIo): Promise<number> {
  await world.awake();
  if (io.signal.aborted) throw io.signal.reason;
  const [name = '', ...args] = argv;
  const base = name.replace(/^\/(usr\/)?bin\//, '');
  const program = Object.hasOwn(PROGRAMS, base) ? PROGRAMS[base] : undefined;
  if (program) return program(args, io, world);
  io.err(Buffer.from(`sh: 1: ${name}: not found\n`));
  return 127;
}

/** `sh -c '…' name argument…`; its `exit` ends only itself. */
async function runNested(args: string[], io: ScriptIo, world: ScriptWorld): Promise<number> {
  const flag = args.findIndex((arg) => /^-\w*c$/.test(arg));
  const script = flag < 0 ? (await collect(io.stdin)).toString() : args[flag + 1];
  if (script === undefined) return 2;
  const given = flag < 0 ? [] : args.slice(flag + 2);
  const env = { ...world.env, ...Object.fromEntries(given.map((arg, index) => [String(index), arg])) };
  try {
    return await runSteps(script, { ...world, env }, io);
  } catch (error) {
    if (error instanceof ExitRequest && error.exit.signal === null) return error.exit.code;
    throw error;
  }
}

async function collect(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** A stream that is already complete. */
export async function* fromChunks(chunks: Iterable<Buffer>): AsyncGenerator<Buffer> {
  yield* chunks;
}

/** `%s`, `%d`, `%%` and backslash escapes; the format is used again while arguments are left. */
function formatPrintf(args: string[]): string {
  const [format = '', ...values] = args;
  let text = '';
  do {
    text += format.replace(/\\([ntr\\"'])|%([sd%])/g, (_whole, escaped: string | undefined, verb: string) => {
      if (escaped !== undefined) return { n: '\n', t: '\t', r: '\r' }[escaped] ?? escaped;
      return verb === '%' ? '%' : (values.shift() ?? '');
    });
  } while (values.length > 0 && /%[sd]/.test(format));
  return text;
}
