// What no short command loads is in a part of its own, `seldom`. The first part is read at every start, and with it what V8 has kept of
// it; both take the longer, and the more memory, the more is in them. Which modules these are is recorded, see record-seldom.mjs:
// a module that the record does not know is in the first part.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../setup.mjs';

export const record = path.join(root, 'scripts/product/seldom.json');

/** Says of a module whether it is in the record. Folders in it end with a slash, and mean all that is in them. */
export function seldomFiles() {
  const listed = JSON.parse(readFileSync(record, 'utf8'));
  const files = new Set(listed.filter((entry) => !entry.endsWith('/')));
  const folders = listed.filter((entry) => entry.endsWith('/'));
  return (file) => files.has(file) || folders.some((folder) => file.startsWith(folder));
}

/**
 * Leaves to the part `name` the modules for which `isThere` says so, and adds their files to `asked`. Only those that are asked for
 * with `require`: that is so of all but a few ES modules, which may be in both.
 */
export const modulesElsewhere = (name, isThere, asked) => ({
  name: 'modules-elsewhere',
  setup(build) {
    build.onResolve({ filter: /./ }, async ({ path: imported, pluginData, ...from }) => {
      if (pluginData === RESOLVED || from.kind !== 'require-call') return undefined;
      const found = await build.resolve(imported, { ...from, pluginData: RESOLVED });
      const file = fileOf(found);
      if (file === undefined || !isThere(file)) return found;
      asked.add(file);
      return { path: `module:${name}:${file}`, external: true };
    });
  },
});

/** The name of a module in the record: its path below the repository, or what the build makes up that is worth a place elsewhere. */
function fileOf({ path: found, namespace, external }) {
  if (external) return undefined;
  if (namespace === 'file') return path.relative(root, found).replaceAll(path.sep, '/');
  return namespace === 'precompiled' && found.startsWith('precompiled:') ? found : undefined;
}

const RESOLVED = Symbol('resolved by the plugins that come after this one');

/** The entry of a part that has `files` and gives them to other parts. */
export const givingModules = (files) => `
let all;
module.exports = { modules: () => (all ??= {
  ${[...files].map((file) => `${JSON.stringify(file)}: () => require(${JSON.stringify(file.startsWith('precompiled:') ? file : path.join(root, file))}),`).join('\n  ')}
}) };`;

/** Lets a part that was bundled without knowing who would ask give `files` to other parts. `text`: as the bundler wrote it, without its footer. */
export function giveModules(text, files) {
  const names = new Map(
    [...text.matchAll(/([\w$]+) ?= ?__commonJS\(\{\s*("(?:[^"\\]|\\.)+")\(/g)].map(([, name, file]) => [
      JSON.parse(file),
      name,
    ]),
  );
  const given = [...files].map((file) => {
    if (!names.has(file)) throw new Error(`${file} cannot be given to another part: it is no CommonJS module.`);
    return `${JSON.stringify(file)}:${names.get(file)}`;
  });
  return `let modulesGiven;module.exports.modules=()=>modulesGiven??={${given.join(',')}};`;
}
