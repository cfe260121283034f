import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

const packageDirectory = path.join(__dirname, '../..');

/**
 * The sources as plain JavaScript, for tests that need them in a process of their own without waiting for a build. They lie inside
 * the package, so that its dependencies are found.
 */
export function compileSources(): { directory: string; remove(): void } {
  const directory = path.join(packageDirectory, 'node_modules/.cache', `sources-${process.pid}`);
  const sources = path.join(packageDirectory, 'src');
  for (const name of readdirSync(sources, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.ts')) continue;
    const { outputText } = ts.transpileModule(readFileSync(path.join(sources, name), 'utf8'), {
      compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022, esModuleInterop: true },
    });
    const file = path.join(directory, name.replace(/\.ts$/, '.js'));
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, outputText);
  }
  return { directory, remove: () => rmSync(directory, { recursive: true, force: true }) };
}
