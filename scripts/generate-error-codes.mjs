// Writes the types of our error codes from docs/errors.md, which is the registry: what is not in it cannot be raised by our own
// packages, with no other kind than it says. Part of `npm run generate`; a test fails when the two drift apart.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');
const registry = 'docs/errors.md';

/** Which part of the page is whose, and the interface that it becomes. */
const owners = [
  {
    sections: ['Command line', 'Signing in', 'Config and secrets', 'Providers', 'Plans and operations', 'Images'],
    name: 'CoreErrors',
    file: 'packages/core/src/model/__generated__/core-errors.ts',
  },
  { sections: ['Registries'], name: 'RegistryErrors', file: 'packages/oci/src/__generated__/registry-errors.ts' },
  { sections: ['SSH'], name: 'SshErrors', file: 'packages/ssh/src/__generated__/ssh-errors.ts' },
  {
    sections: ['Docker Engine'],
    name: 'DockerEngineErrors',
    file: 'packages/docker-engine/src/__generated__/docker-engine-errors.ts',
  },
  { sections: ['Fly'], name: 'FlyErrors', file: 'plugins/provider-fly/src/__generated__/fly-errors.ts' },
];

const kinds = ['usage', 'refused', 'auth', 'incomplete', 'policy', 'cancelled', 'transport', 'internal'];
const [errors = ''] = readFileSync(path.join(root, registry), 'utf8').split('\n## Errors\n')[1]?.split('\n## ') ?? [];

/** Code and kinds of every row of a section, or of all sections `title: …`. */
function rowsOf(title) {
  const sections = errors.split('\n### ').filter((part) => [title, title + ':'].some((head) => starts(part, head)));
  if (sections.length === 0) throw new Error(`${registry} has no section "${title}".`);
  return sections
    .flatMap((section) => section.split('\n'))
    .map((line) => /^\| `([A-Z0-9_]+)` +\| ([^|]+) \|/.exec(line))
    .filter((match) => match !== null)
    .map(([, code, told]) => {
      const said = kinds.filter((kind) => new RegExp(`\\b${kind}\\b`).test(told));
      // "that of its exit" can be any.
      return { code, kinds: said.length === 0 ? kinds : said };
    });
}

function starts(section, head) {
  const [first = ''] = section.split('\n');
  return head.endsWith(':') ? first.startsWith(head) : first.trim() === head;
}

let stale = false;
for (const { sections, name, file } of owners) {
  const rows = sections.flatMap(rowsOf).sort((a, b) => (a.code < b.code ? -1 : 1));
  const text = `// Generated from ${registry} by scripts/generate-error-codes.mjs (npm run generate). Do not edit.

/** Every code that may be raised here, with the kinds that it may have. */
export interface ${name} {
${rows.map(({ code, kinds: own }) => `  ${code}: ${own.map((kind) => `'${kind}'`).join(' | ')};\n`).join('')}}
`;
  const target = path.join(root, file);
  // `--check` leaves the file alone and says whether it would change: that is how the test compares.
  if (!process.argv.includes('--check')) {
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, text);
  } else if (readFileSync(target, 'utf8') !== text) {
    console.error(`${file} does not fit ${registry} any more: npm run generate`);
    stale = true;
  }
}
if (stale) process.exitCode = 1;
