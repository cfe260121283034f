import { DEFAULT_DIALECT } from './dialect.js';
import { nameFromDirectory } from './environment-name.js';
import type { ConfigProblem } from '../model/problem.js';
import { errorAtKey, warningAtKey } from './problems-at.js';
import type { MapNode } from './tree.js';

/** Says what the file leaves out and Sindri chooses, where the choice should not go unnoticed. */
export function noteMissing(root: MapNode, baseDir: string): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  if (!root.entries.has('version')) {
    problems.push({
      ...warningAtKey(root, {
        code: 'CONFIG_DEFAULTED',
        message: `version is missing; the file is read as "${DEFAULT_DIALECT}".`,
        hint: `Add \`version: "${DEFAULT_DIALECT}"\`.`,
      }),
      path: 'version',
    });
  }
  if (root.entries.has('name')) return problems;
  const name = nameFromDirectory(baseDir);
  const problem =
    name === null
      ? errorAtKey(root, {
          code: 'CONFIG_MISSING_KEY',
          message: 'name is missing, and the directory has no name to take instead.',
          hint: 'Add one, such as `name: my-environment`.',
        })
      : warningAtKey(root, {
          code: 'CONFIG_DEFAULTED',
          message: `name is missing; the environment is called "${name}", after its directory.`,
          hint: `Add \`name: ${name}\`, so that it keeps its name wherever the file is.`,
        });
  problems.push({ ...problem, path: 'name' });
  return problems;
}
