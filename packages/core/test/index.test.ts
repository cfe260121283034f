import * as core from '../src/index.js';

test('the public names are these, and no others', () => {
  expect(Object.keys(core).sort()).toEqual([
    'PROVIDER_API_VERSION',
    'SindriError',
    'SizeError',
    'canonicalJson',
    'checkProviderShape',
    'composeConfigSchema',
    'createFileStore',
    'createProviderRegistry',
    'createRedactor',
    'defaultStateDir',
    'defineProvider',
    'fingerprint',
    'holdsPrivateKey',
    'initialConfig',
    'isSecretName',
    'isSindriError',
    'loadConfig',
    'makeDirectory',
    'makePrivateDirectory',
    'nearest',
    'openEnvironment',
    'orderChanges',
    'parseSize',
    'secretValues',
    'sourceFromDeclaration',
    'systemClock',
    'toSindriError',
    'validateConfig',
  ]);
});
