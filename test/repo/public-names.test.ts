import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { packages, parse, read, root } from './sources.js';

const file = 'test/repo/public-names.json';

/** Public name → what it is; `value` is what exists at run time. */
type PublicNames = Record<string, 'value' | 'type'>;

interface Export {
  as: string;
  /** What it is called where it is declared. */
  name: string;
  from: string;
  isType: boolean;
}

/** What `src/index.ts` of a package exports, name by name. Fails on `export *`, which nobody could review. */
function exportsOf(folder: string): Export[] {
  const index = `${folder}/src/index.ts`;
  return parse(index).statements.flatMap((statement) => {
    if (!ts.isExportDeclaration(statement) || statement.moduleSpecifier === undefined) {
      throw new Error(`${index} only lists names; this belongs into a file of its own: ${statement.getText()}`);
    }
    const { exportClause, moduleSpecifier, isTypeOnly } = statement;
    if (exportClause === undefined || !ts.isNamedExports(exportClause))
      throw new Error(`${index}: no export *, please`);
    return exportClause.elements.map((element) => ({
      as: element.name.text,
      name: (element.propertyName ?? element.name).text,
      from: (moduleSpecifier as ts.StringLiteral).text,
      isType: isTypeOnly || element.isTypeOnly,
    }));
  });
}

function publicNames(folder: string): PublicNames {
  const names = exportsOf(folder).map(({ as, isType }) => [as, isType ? 'type' : 'value'] as const);
  return Object.fromEntries(names.sort(([a], [b]) => (a < b ? -1 : 1)));
}

test('the public names of all packages are the committed ones', () => {
  const now = Object.fromEntries(
    packages.map((folder) => [
      (JSON.parse(read(`${folder}/package.json`)) as { name: string }).name,
      publicNames(folder),
    ]),
  );
  if (process.env['SINDRI_UPDATE_PUBLIC_NAMES'] === '1') {
    writeFileSync(path.join(root, file), `${JSON.stringify(now, null, 2)}\n`);
  }
  const known = existsSync(path.join(root, file)) ? (JSON.parse(read(file)) as typeof now) : {};
  const changes = Object.keys({ ...known, ...now }).flatMap((name) =>
    differences(name, known[name] ?? {}, now[name] ?? {}),
  );
  if (changes.length === 0) return;
  throw new Error(
    [
      'The public names have changed:',
      ...changes.map((change) => `  ${change}`),
      'Others build on them. If it is meant: tell it in CHANGELOG.md, and write the list anew with',
      `  SINDRI_UPDATE_PUBLIC_NAMES=1 npx jest --selectProjects repo -- public-names   (updates ${file})`,
    ].join('\n'),
  );
});

test('every public name has a docstring', () => {
  const bare = packages.flatMap((folder) =>
    exportsOf(folder).flatMap(({ name, from }) => {
      const file = path.posix.join(folder, 'src', from.replace(/\.js$/, '.ts'));
      return hasDocstring(file, name) ? [] : [`${file}: ${name}`];
    }),
  );
  expect(bare).toEqual([]);
});

function hasDocstring(file: string, name: string): boolean {
  return parse(file).statements.some((statement) => {
    const isIt = ts.isVariableStatement(statement)
      ? statement.declarationList.declarations.some((declaration) => declaration.name.getText() === name)
      : (statement as ts.Statement & { name?: ts.Node }).name?.getText() === name;
    return isIt && ts.getJSDocCommentsAndTags(statement).length > 0;
  });
}

function differences(where: string, known: PublicNames, now: PublicNames): string[] {
  return Object.keys({ ...known, ...now })
    .filter((name) => known[name] !== now[name])
    .map((name) => `${where}: ${name} was ${known[name] ?? 'not there'}, is ${now[name] ?? 'gone'}`);
}
