import type { Provider } from '../../src/provider/contract.js';
import { createProviderRegistry, type ProviderSource } from '../../src/provider/registry.js';
import { emptyWorld, fakeProvider } from '../fake-provider.js';

function source(extra: Partial<ProviderSource> = {}): ProviderSource {
  return { name: 'fake', apiVersion: 1, origin: '@acme/fake 1.2.3', load: () => fakeProvider(emptyWorld()), ...extra };
}

describe('provider registry', () => {
  test('gives a provider object back', async () => {
    const provider = fakeProvider(emptyWorld());
    const registry = createProviderRegistry([provider]);
    await expect(registry.get('fake')).resolves.toBe(provider);
    expect(registry.list()).toMatchObject([{ name: 'fake', title: 'Fake', apiVersion: 1 }]);
  });

  test('loads a source once, and only when it is asked for', async () => {
    let loads = 0;
    const registry = createProviderRegistry([source({ load: () => (loads++, fakeProvider(emptyWorld())) })]);
    registry.list();
    expect(loads).toBe(0);
    const [first, second] = await Promise.all([registry.get('fake'), registry.get('fake')]);
    expect(first).toBe(second);
    expect(loads).toBe(1);
  });

  test('an unknown name comes with the nearest one', async () => {
    const registry = createProviderRegistry([source({ name: 'docker' }), source()]);
    await expect(registry.get('fakee')).rejects.toMatchObject({
      code: 'PROVIDER_NOT_FOUND',
      message: 'There is no provider called "fakee".',
      hint: 'Did you mean "fake"? Installed: docker, fake.',
    });
    await expect(createProviderRegistry([]).get('fly')).rejects.toMatchObject({
      hint: 'No provider is installed. Install the plugin that brings it: sindri plugins install <package>',
    });
  });

  test('a duplicate names both plugins and does not spoil the list', async () => {
    const registry = createProviderRegistry([source(), source({ origin: 'other-fake 9.9.9' })]);
    expect(registry.list()).toHaveLength(2);
    await expect(registry.get('fake')).rejects.toMatchObject({
      code: 'PROVIDER_DUPLICATE',
      message: 'Two plugins bring a provider called "fake": @acme/fake 1.2.3 and other-fake 9.9.9.',
      hint: 'Uninstall one of them, for example: sindri plugins uninstall other-fake',
    });
  });

  test('the same object given twice is no duplicate', async () => {
    const provider = fakeProvider(emptyWorld());
    await expect(createProviderRegistry([provider, provider]).get('fake')).resolves.toBe(provider);
  });

  test.each([
    ['declared', source({ apiVersion: 2, load: () => Promise.reject(new Error('never loaded')) })],
    ['only in the code', source({ load: () => ({ ...fakeProvider(emptyWorld()), apiVersion: 2 }) as never })],
  ])('another apiVersion, %s, is refused with both numbers', async (_where, broken) => {
    await expect(createProviderRegistry([broken]).get('fake')).rejects.toMatchObject({
      code: 'PROVIDER_API_VERSION',
      message:
        'The provider "fake" (@acme/fake 1.2.3) is made for provider contract version 2, this Sindri serves version 1.',
      hint: 'Update Sindri, or install a release of @acme/fake 1.2.3 that is made for version 1.',
    });
  });

  test('an older apiVersion asks for a newer plugin', async () => {
    await expect(createProviderRegistry([source({ apiVersion: 0 })]).get('fake')).rejects.toMatchObject({
      code: 'PROVIDER_API_VERSION',
      hint: expect.stringContaining('Update the plugin @acme/fake 1.2.3') as string,
    });
  });

  test('a module that throws is told with its plugin and the fix', async () => {
    const cause = new Error('Cannot find module "x"\nRequire stack: …');
    const registry = createProviderRegistry([source({ load: () => Promise.reject(cause) })]);
    await expect(registry.get('fake')).rejects.toMatchObject({
      code: 'PROVIDER_BROKEN',
      message: 'The provider "fake" (@acme/fake 1.2.3) could not be loaded: Cannot find module "x"',
      hint: expect.stringContaining('sindri plugins uninstall @acme/fake') as string,
      cause,
    });
  });

  test('a failed load is tried again', async () => {
    let healthy = false;
    const load = (): Provider => {
      if (!healthy) throw new Error('not built yet');
      return fakeProvider(emptyWorld());
    };
    const registry = createProviderRegistry([source({ load })]);
    await expect(registry.get('fake')).rejects.toMatchObject({ code: 'PROVIDER_BROKEN' });
    healthy = true;
    await expect(registry.get('fake')).resolves.toMatchObject({ name: 'fake' });
  });

  test('a provider that calls itself something else is refused', async () => {
    await expect(createProviderRegistry([source({ name: 'fakir' })]).get('fakir')).rejects.toMatchObject({
      code: 'PROVIDER_BROKEN',
      message: expect.stringContaining('calls itself "fake", but its package declares "fakir"') as string,
    });
  });

  test('a provider of the wrong shape is refused with every problem', async () => {
    const load = () => ({ ...fakeProvider(emptyWorld()), plan: undefined, capabilities: ['logs'] }) as never;
    await expect(createProviderRegistry([source({ load })]).get('fake')).rejects.toMatchObject({
      code: 'PROVIDER_BROKEN',
      details: {
        problems: [
          '"plan" must be a function, but it is missing.',
          'The capability "logs" is declared, but the member "logs" is missing.',
        ],
      },
    });
  });
});
