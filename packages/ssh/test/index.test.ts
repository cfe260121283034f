import * as ssh from '../src/index.js';

test('the public names', () => {
  expect(Object.keys(ssh).sort()).toEqual([
    'awaitSshBanner',
    'connectSsh',
    'createIdentity',
    'describeIdentity',
    'dialFirst',
    'findIdentities',
    'fingerprint',
    'formatAddress',
    'formatKnownHosts',
    'hostKeyStore',
    'identityFromFile',
    'inspectAuthorizedKeys',
    'orderIdentities',
    'parseAuthorizedKeys',
    'publicKeysMatch',
    'readPublicKeys',
  ]);
});
