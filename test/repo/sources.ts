import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

export const root = path.resolve(__dirname, '../..');

/** The packages that people install, by folder. */
export const packages = [
  'packages/core',
  'packages/ssh',
  'packages/image-contract',
  'packages/docker-engine',
  'packages/oci',
  'packages/vault',
  'packages/git',
  'packages/wireguard',
  'packages/testkit',
  'packages/cli',
  'packages/fly-emulator',
  'plugins/provider-fly',
  'plugins/provider-docker',
];

export function read(file: string): string {
  return readFileSync(path.join(root, file), 'utf8');
}

/** Every TypeScript file under `folder` that somebody wrote, relative to the repository. */
export function sourceFiles(folder: string): string[] {
  return readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => `${folder}/${name.replaceAll(path.sep, '/')}`)
    .filter((file) => file.endsWith('.ts') && !file.includes('/__generated__/'))
    .sort();
}

export function parse(file: string): ts.SourceFile {
  return ts.createSourceFile(file, read(file), ts.ScriptTarget.Latest, true);
}

/** Calls `look` with `node` and everything inside it. */
export function visit(node: ts.Node, look: (node: ts.Node) => void): void {
  look(node);
  node.forEachChild((child) => visit(child, look));
}

/** The rows of all Markdown tables of `text`, cells trimmed, without heads. */
export function tableRows(text: string): string[][] {
  const lines = text.split('\n');
  return lines
    .map((line, index) => ({ line, isHead: /^\| *-/.test(lines[index + 1] ?? '') }))
    .filter(({ line, isHead }) => line.startsWith('|') && !isHead && !/^\| *-/.test(line))
    .map(({ line }) =>
      line
        .slice(1, line.lastIndexOf('|'))
        .split('|')
        .map((cell) => cell.trim()),
    );
}

/** The part of a Markdown text under a heading of the second level. */
export function section(text: string, heading: string): string {
  const [, after] = text.split(`\n## ${heading}\n`);
  if (after === undefined) throw new Error(`there is no "## ${heading}"`);
  return after.split('\n## ')[0] ?? '';
}

/** Files of the repository, without what is installed or built. */
export function trackedFiles(): string[] {
  const git = spawnSync('git', ['ls-files', '-z'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (git.status === 0) return [...new Set(git.stdout.split('\0'))].filter(isThere).sort();
  // A copy without its history, such as an unpacked archive.
  return walk('').sort();
}

/** Listed, but perhaps just deleted. */
function isThere(file: string): boolean {
  return file !== '' && existsSync(path.join(root, file));
}

const LEFT_OUT = /^(node_modules|dist|coverage|\.git|\.nx)$|\.tsbuildinfo$/;

function walk(folder: string): string[] {
  return readdirSync(path.join(root, folder), { withFileTypes: true })
    .filter(({ name }) => !LEFT_OUT.test(name))
    .flatMap((entry) => {
      const file = path.posix.join(folder, entry.name);
      return entry.isDirectory() ? walk(file) : [file];
    });
}
