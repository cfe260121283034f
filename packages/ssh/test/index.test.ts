import * as ssh from '../src/index.js';

test('the public names', () => {
  expect(Object.keys(ssh).sort()).toEqual([
    'DialError',
    'accessInside',
    'admitClient',
    'awaitSshBanner',
    'changeAdmittedKeys',
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
    'listAdmittedKeys',
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
