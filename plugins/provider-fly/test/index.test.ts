import { checkProviderShape, createProviderRegistry } from '@sindri/core';
import packageJson from '../package.json';
import * as entry from '../src/index';

describe('the package', () => {
  it('has exactly these public names', () => {
    expect(Object.keys(entry).sort()).toEqual(['createFlyProvider', 'createProvider', 'default', 'endpoints']);
  });

  it('makes a provider of the right shape, as its declaration says', async () => {
    const provider = entry.createProvider();
    expect(checkProviderShape(provider)).toEqual([]);
    const { name, apiVersion, title, local } = packageJson.sindri.provider;
    expect(provider).toMatchObject({ name, apiVersion, title });
    expect(local).toEqual({ command: 'emulator:start' });
    expect(await createProviderRegistry([provider]).get('fly')).toBe(provider);
  });
});
