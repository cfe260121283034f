import * as ssh from '../src/index.js';

test('the public names', () => {
  expect(Object.keys(ssh).sort()).toEqual([
    'DialError',
    'awaitSshBanner',
    'connectSsh',
    'createIdentity',
    'describeIdentity',
    'dialFirst',
    'fetchFile',
    'findIdentities',
    'fingerprint',
    'formatAddress',
    'formatKnownHosts',
    'hostKeyStore',
    'identityFromFile',
    'inspectAuthorizedKeys',
    'obtainCertificate',
    'openAddresses',
    'openFirst',
    'openThrough',
    'orderIdentities',
    'parseAuthorizedKeys',
    'publicKeysMatch',
    'readPublicKeys',
    'requireAgent',
    'sendFile',
  ]);
});
