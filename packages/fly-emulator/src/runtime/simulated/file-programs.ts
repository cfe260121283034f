import { absolutePath, type ScriptFiles } from './script-files.js';

/** The part of a scripted machine that these programs see. */
interface FileWorld {
  home: string;
  files: ScriptFiles;
}

interface FileIo {
  stdin: AsyncIterable<Buffer>;
  out(chunk: Buffer): void;
  err(chunk: Buffer): void;
}

type FileProgram = (args: string[], io: FileIo, world: FileWorld) => number | Promise<number>;

/**
 * The programs of a scripted machine that look at files or move them. Directories, owners and modes are not kept: whatever makes
 * or sets one succeeds.
 */
export const FILE_PROGRAMS: Record<string, FileProgram> = {
  mkdir: () => 0,
  chmod: () => 0,
  chown: () => 0,
  cp: (args, io, world) => transfer(args, io, world, false),
  mv: (args, io, world) => transfer(args, io, world, true),
  test([first = '', second = '', third = ''], _io, world) {
    if (first === '-e' || first === '-f') return contentOf(second, world) === undefined ? 1 : 0;
    if (second === '-le') return Number(first) <= Number(third) ? 0 : 1;
    return 2;
  },
  /** The last lines of a file, with `-n`. */
  tail(args, io, world) {
    const at = args.indexOf('-n');
    const count = at < 0 ? 10 : Number(args[at + 1]);
    const file = args.find((arg, index) => !arg.startsWith('-') && (at < 0 || index !== at + 1)) ?? '';
    const text = contentOf(file, world)?.toString();
    if (text === undefined) {
      io.err(Buffer.from(`tail: cannot open '${file}' for reading: No such file or directory\n`));
      return 1;
    }
    const lines = text.split('\n');
    if (lines.at(-1) === '') lines.pop();
    io.out(
      Buffer.from(
        lines
          .slice(-count)
          .map((line) => `${line}\n`)
          .join(''),
      ),
    );
    return 0;
  },
  /** With `-q`, `-v` and `-F`; the pattern behind `-e` or as the first word. */
  async grep(args, io, world) {
    const flags = new Set(args.filter((arg) => /^-[qvF]+$/.test(arg)).flatMap((arg) => [...arg.slice(1)]));
    const words = args.filter((arg, index) => args[index - 1] === '-e' || !/^-[qvFe]+$/.test(arg));
    const [pattern = '', file] = words;
    const chunks: Buffer[] = [];
    if (file === undefined) for await (const chunk of io.stdin) chunks.push(chunk);
    const text = file === undefined ? Buffer.concat(chunks).toString() : contentOf(file, world)?.toString();
    if (text === undefined) {
      io.err(Buffer.from(`grep: ${file}: No such file or directory\n`));
      return 2;
    }
    const matches = (line: string): boolean =>
      flags.has('F') ? line.includes(pattern) : new RegExp(pattern).test(line);
    const lines = text.split('\n');
    if (lines.at(-1) === '') lines.pop();
    const found = lines.filter((line) => matches(line) !== flags.has('v'));
    if (!flags.has('q')) io.out(Buffer.from(found.map((line) => `${line}\n`).join('')));
    return found.length > 0 ? 0 : 1;
  },
};

function transfer(args: string[], io: FileIo, world: FileWorld, removes: boolean): number {
  const [from = '', to = ''] = args.filter((arg) => !arg.startsWith('-'));
  const content = contentOf(from, world);
  if (content === undefined) {
    io.err(Buffer.from(`${removes ? 'mv' : 'cp'}: cannot stat '${from}': No such file or directory\n`));
    return 1;
  }
  world.files.write(absolutePath(to, world.home), content);
  if (removes) world.files.remove(absolutePath(from, world.home));
  return 0;
}

function contentOf(path: string, world: FileWorld): Buffer | undefined {
  return world.files.read(absolutePath(path, world.home));
}
