import { readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(__dirname, '../..');
const read = (file: string) => readFileSync(path.join(root, file), 'utf8');
const guide = read('docs/provider-author-guide.md');

/** The code blocks of one language, in order. */
function blocks(language: string): string[] {
  return [...guide.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map(
    ([, code]) => code as string,
  );
}

/** Blank lines between two pieces are the guide's. */
const withoutBlankLines = (text: string) => text.replace(/^\s*\n/gm, '');

describe('docs/provider-author-guide.md', () => {
  it('shows the whole provider of the example, piece by piece, and its conformance test', () => {
    const files = ['index.js', 'processes.js', 'conformance.js', 'test/conformance.test.js'].map((file) =>
      read(`examples/custom-provider/${file}`),
    );
    expect(withoutBlankLines(blocks('js').join(''))).toBe(withoutBlankLines(files.join('')));
  });

  it('shows its package.json', () => {
    const [shown = ''] = blocks('json');
    expect(JSON.parse(shown)).toEqual(JSON.parse(read('examples/custom-provider/package.json')));
  });

  it('names every capability whose member exists', () => {
    const provider = read('packages/core/src/provider/contract.ts');
    for (const capability of ['power', 'session', 'exec', 'dial', 'sshTarget', 'logs', 'artifacts', 'volumes']) {
      expect(provider).toMatch(new RegExp(`\\b${capability}\\??[(:]`));
      expect(guide).toContain(`| \`${capability}\``);
    }
  });
});
