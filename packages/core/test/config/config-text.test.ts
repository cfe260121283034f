import { parse } from 'yaml';
import { configText } from '../../src/config/config-text.js';

describe('a config as text', () => {
  it('is YAML with its schema and its origin above it, and a blank line before each block', () => {
    const text = configText(
      { name: 'a', deployment: { provider: 'fly', resources: { cpus: 2 } } },
      'Made from fly.toml',
    );
    expect(text).toBe(
      '# yaml-language-server: $schema=.sindri/schema.json\n# Made from fly.toml\n\nversion: "3.0"\nname: a\n\ndeployment:\n  provider: fly\n  resources:\n    cpus: 2\n',
    );
  });

  it("keeps somebody else's text from being filled with variables, and out of lines of its own", () => {
    const text = configText({ name: 'a', x: ['${HOME}', 'a$$b', 'line\nb: c'] }, 'from evil\nname: b\u2028c: d');
    expect(parse(text)).toEqual({ version: '3.0', name: 'a', x: ['$${HOME}', 'a$$$$b', 'line\nb: c'] });
    expect(text.split('\n').filter((line) => !line.startsWith('#') && line.startsWith('name: b'))).toEqual([]);
  });
});
