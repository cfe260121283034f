import * as oci from '../src/index.js';

test('the public names are these, and no others', () => {
  expect(Object.keys(oci).sort()).toEqual([
    'choosePlatform',
    'createImageSource',
    'createRegistryClient',
    'credentialsFor',
    'digestOf',
    'dockerDirectory',
    'isLoopback',
    'platformText',
    'platformsOf',
    'readDockerJson',
    'readPlatform',
    'readReference',
    'readRepository',
    'referenceText',
    'registryOrigin',
    'repositoryText',
    'sortTags',
  ]);
});
