import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

export const root = path.resolve(__dirname, '../..');

/** The packages that people install, by folder. */
export const packages = [
  'packages/core',
  'packages/ssh',
  'packages/testkit',
  'packages/cli',
  'packages/fly-emulator',
  'plugins/provider-fly',
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
