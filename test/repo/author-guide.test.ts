import { readFileSync } from 'node:fs';
import path from 'node:path';
import { CAPABILITIES } from '@sindri/core';
import { CONFORMANCE_CASES } from '@sindri/testkit';

const root = path.resolve(__dirname, '../..');
const read = (file: string) => readFileSync(path.join(root, file), 'utf8');
const guide = read('docs/provider-author-guide.md');

/** The code blocks of one language, in order. */
function blocks(language: string): string[] {
  return [...guide.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map(
    ([, code]) => code as string,
  );
}

/** A block that begins with the name of a file is cut out of it. */
const EXCERPT = /^\/\/ (\S+\/\S+)\n/;

/** Blank lines between two pieces are the guide's. */
const withoutBlankLines = (text: string) => text.replace(/^\s*\n/gm, '');

describe('docs/provider-author-guide.md', () => {
  it('shows the whole provider of the example, piece by piece, and its conformance test', () => {
    const files = ['index.js', 'processes.js', 'conformance.js', 'test/conformance.test.js'].map((file) =>
      read(`examples/custom-provider/${file}`),
    );
    const own = blocks('js').filter((code) => !EXCERPT.test(code));
    expect(withoutBlankLines(own.join(''))).toBe(withoutBlankLines(files.join('')));
  });

  it('shows its package.json', () => {
    const [shown = ''] = blocks('json');
    expect(JSON.parse(shown)).toEqual(JSON.parse(read('examples/custom-provider/package.json')));
  });

  it('links a page for every capability', () => {
    for (const capability of CAPABILITIES) {
      expect(guide).toContain(`| [\`${capability}\`](provider-guide/${capability}.md)`);
      expect(read('docs/provider-guide/README.md')).toContain(`[\`${capability}\`](${capability}.md)`);
    }
  });
});

/** The files that the kit runs as a whole: in the tests of the testkit, in e2e, in those of the example, and on a real engine. */
const JUDGED = [
  'packages/testkit/src/reference/',
  'examples/custom-provider/',
  'packages/cli/templates/provider/',
  'plugins/provider-docker/src/',
];

describe.each(CAPABILITIES.map((name) => `docs/provider-guide/${name}.md`).concat('docs/provider-author-guide.md'))(
  '%s',
  (page) => {
    const excerpts = [...read(page).matchAll(/^```(?:js|ts)\n(\/\/ \S+\/\S+\n[\s\S]*?)^```$/gm)];

    it('shows code that passes the kit, as it is there', () => {
      expect(excerpts).not.toEqual([]);
      for (const [, code = ''] of excerpts) {
        const [, file = ''] = EXCERPT.exec(code) ?? [];
        expect(JUDGED.some((room) => file.startsWith(room))).toBe(true);
        const source = withoutBlankLines(read(file));
        expect(source).toContain(withoutBlankLines(code.replace(EXCERPT, '')));
      }
    });
  },
);

describe.each(CAPABILITIES)('the page of %s', (capability) => {
  it('says with which cases it is judged, and shows no code that is not', () => {
    const page = read(`docs/provider-guide/${capability}.md`);
    expect(page).toContain(`--case '${capability}:*'`);
    expect(CONFORMANCE_CASES.some(({ name }) => name.startsWith(`${capability}: `))).toBe(true);
    for (const [, code = ''] of page.matchAll(/^```(?:js|ts)\n([\s\S]*?)^```$/gm)) expect(code).toMatch(EXCERPT);
  });
});
