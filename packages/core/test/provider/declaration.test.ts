import path from 'node:path';
import { createProviderRegistry } from '../../src/provider/registry.js';
import { sourceFromDeclaration } from '../../src/provider/declaration.js';
import { emptyWorld, fakeProvider } from '../fake-provider.js';

const createProvider = () => fakeProvider(emptyWorld());

function source(provider: unknown, loaded: unknown = { createProvider }) {
  const files: string[] = [];
  const manifest = {
    name: '@acme/fake',
    version: '1.2.3',
    ...(provider === undefined ? {} : { sindri: { provider } }),
  };
  const found = sourceFromDeclaration({
    manifest,
    directory: '/plugins/fake',
    importModule(file) {
      files.push(file);
      return loaded;
    },
  });
  return { found, files };
}

const declaration = { name: 'fake', apiVersion: 1, entry: './dist/index.js' };

describe('sourceFromDeclaration', () => {
  test('a package without a declaration brings no provider', () => {
    expect(source(undefined).found).toBeNull();
    expect(sourceFromDeclaration({ manifest: null, directory: '/x', importModule: () => null })).toBeNull();
  });

  test('reads the declaration without running code', () => {
    const { found, files } = source({
      ...declaration,
      title: 'Fake',
      local: { command: 'fake:start' },
      conformance: 'c.js',
    });
    expect(found).toMatchObject({
      name: 'fake',
      apiVersion: 1,
      title: 'Fake',
      origin: '@acme/fake 1.2.3',
      local: { command: 'fake:start' },
      conformance: '/plugins/fake/c.js',
    });
    expect(files).toEqual([]);
  });

  test.each([
    ['createProvider', { createProvider }],
    ['a default export', { default: createProvider }],
    ['a CommonJS module seen through ESM', { default: { createProvider } }],
    ['a default export seen through ESM', { default: { default: createProvider } }],
    ['module.exports itself', createProvider],
  ])('finds the factory in %s', async (_where, loaded) => {
    const { found, files } = source(declaration, loaded);
    await expect(createProviderRegistry([found!]).get('fake')).resolves.toMatchObject({ title: 'Fake' });
    expect(files).toEqual(['/plugins/fake/dist/index.js']);
  });

  test.each([
    ['no name', { ...declaration, name: '' }, '@acme/fake', '"sindri.provider.name" must be the name of the provider.'],
    [
      'a version as text',
      { ...declaration, apiVersion: '1' },
      'fake',
      '"sindri.provider.apiVersion" must be a number.',
    ],
    [
      'no entry',
      { name: 'fake', apiVersion: 1 },
      'fake',
      '"sindri.provider.entry" must be a module file inside the package.',
    ],
    [
      'an entry elsewhere',
      { ...declaration, entry: '../evil.js' },
      'fake',
      '"sindri.provider.entry" must be a module file inside the package.',
    ],
    [
      'an absolute entry',
      { ...declaration, entry: '/etc/evil.js' },
      'fake',
      '"sindri.provider.entry" must be a module file inside the package.',
    ],
    [
      'a subject elsewhere',
      { ...declaration, conformance: '..' },
      'fake',
      '"sindri.provider.conformance" must be a module file inside the package.',
    ],
  ])('%s is listed, and refused when loaded', async (_title, bad, name, problem) => {
    const { found, files } = source(bad);
    await expect(createProviderRegistry([found!]).get(name)).rejects.toMatchObject({
      code: 'PROVIDER_BROKEN',
      message: expect.stringContaining('@acme/fake 1.2.3') as string,
      details: { problems: [problem] },
    });
    expect(files).toEqual([]);
  });

  test.each([
    [path.basename(__filename), 'cannot be loaded: Cannot find module', /^Update or reinstall/],
    ['./gone.js', 'is not there.', /^If it is yours, build it in .* \(npm run build\)\. Update or reinstall/],
  ])('that the entry %s %s is told, and what to do', async (entry, what, hint) => {
    const found = sourceFromDeclaration({
      manifest: { name: '@acme/fake', version: '1.2.3', sindri: { provider: { ...declaration, entry } } },
      directory: __dirname,
      importModule: () => {
        throw new Error('Cannot find module\nRequire stack: …');
      },
    });
    await expect(createProviderRegistry([found!]).get('fake')).rejects.toMatchObject({
      code: 'PROVIDER_BROKEN',
      message: `The provider "fake" (@acme/fake 1.2.3) has an entry (${entry}) that ${what}`,
      hint: expect.stringMatching(hint) as string,
    });
  });

  test('an entry without a factory is refused by name', async () => {
    const { found } = source(declaration, { makeProvider: createProvider });
    await expect(createProviderRegistry([found!]).get('fake')).rejects.toMatchObject({
      code: 'PROVIDER_BROKEN',
      message:
        'The provider "fake" (@acme/fake 1.2.3) has an entry (./dist/index.js) that exports neither "createProvider" nor a default function.',
    });
  });
});
