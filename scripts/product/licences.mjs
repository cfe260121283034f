// The licences of what is in the product and is not ours, as their authors want it.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { root } from '../setup.mjs';

/** `metafiles`: what esbuild says of each part. Throws when a package has no licence. */
export function thirdPartyLicences(metafiles) {
  const folders = new Set(
    metafiles.flatMap(({ inputs }) => Object.keys(inputs).flatMap((file) => packageFolder(file) ?? [])),
  );
  const packages = [...folders].map(describe).sort((a, b) => (a.title < b.title ? -1 : 1));
  const unique = [...new Map(packages.map((one) => [one.title, one])).values()];
  return [
    '# Licences of third parties',
    'The command line contains code of these packages.',
    ...unique.map(({ title, text }) => `## ${title}\n\n${text}`),
  ]
    .join('\n\n')
    .concat('\n');
}

/** The innermost folder below node_modules that an input belongs to. */
function packageFolder(file) {
  const match = /^(?:[\w-]+:)?(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file.replaceAll('\\', '/'));
  return match === null ? undefined : path.resolve(root, match[1]);
}

function describe(folder) {
  const { name, version, license } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
  const file = readdirSync(folder).find((entry) => /^(licen[cs]e|copying)/i.test(entry));
  if (file === undefined && license === undefined) throw new Error(`${name} ${version} says nothing of its licence.`);
  const text =
    file === undefined ? `${license} (as its package.json says)` : readFileSync(path.join(folder, file), 'utf8').trim();
  const notice = path.join(folder, 'NOTICE');
  return {
    title: `${name} ${version}`,
    text: existsSync(notice) ? `${text}\n\n${readFileSync(notice, 'utf8').trim()}` : text,
  };
}
