import { existsSync } from 'node:fs';
import path from 'node:path';
import { read, root, trackedFiles } from './sources.js';

const pages = trackedFiles().filter((file) => file.endsWith('.md'));

/** As GitHub makes them: lower case, blanks to dashes, everything else that is no letter or number left out. */
function anchorsOf(text: string): Set<string> {
  const headings = text.replace(/^```[\s\S]*?^```/gm, '').match(/^#+ .*$/gm) ?? [];
  return new Set(
    headings.map((heading) =>
      heading
        .replace(/^#+ /, '')
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}

test.each(pages)('all links of %s lead somewhere', (page) => {
  const text = read(page).replace(/^```[\s\S]*?^```/gm, '');
  const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target as string);
  const broken = links.filter((link) => {
    if (/^[a-z]+:/.test(link)) return false;
    const [target = '', anchor] = link.split('#');
    const file = target === '' ? page : path.posix.join(path.posix.dirname(page), target);
    if (!existsSync(path.join(root, file))) return true;
    return anchor !== undefined && !anchorsOf(read(file)).has(anchor);
  });
  expect(broken).toEqual([]);
});

test('npm is given a tarball by a path that it takes for one', () => {
  // `build/x.tgz` is, to npm, the repository "x.tgz" of the GitHub user "build": somebody else's code.
  const instructions = trackedFiles().filter((file) => /\.(md|ya?ml|mjs)$/.test(file));
  const wrong = instructions.flatMap((file) =>
    [...read(file).matchAll(/\bnpm (?:install|i|publish)\b[^\n`]*?(?<=[\s"'])[\w-][\w.-]*\/[^\s/`"']*\.tgz/g)].map(
      ([command]) => `${file}: ${command}`,
    ),
  );
  expect(wrong).toEqual([]);
});
