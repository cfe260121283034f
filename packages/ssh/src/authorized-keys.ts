import { holdsPrivateKey, type SecretFinding } from '@sindri/core';
import { fingerprint, publicKeyType, readPublicKeys } from './public-keys.js';

/** A public key that a value for AUTHORIZED_KEYS declares, as it may be shown: an entry of `facts.publicKeys` of {@link inspectAuthorizedKeys}. */
export interface DeclaredKey {
  /** `type base64`. */
  publicKey: string;
  /** `SHA256:…`. */
  fingerprint: string;
  /** `ssh-ed25519`. */
  type: string;
  comment: string;
}

/**
 * Judges a value for AUTHORIZED_KEYS before it is sent anywhere: there must be a public key in it, nothing that should be one and
 * is none, and no private key. What it tells of the keys is in `facts.publicKeys`, a list of {@link DeclaredKey}.
 */
export function inspectAuthorizedKeys(value: string): SecretFinding {
  if (holdsPrivateKey(value)) {
    return refuse('There is a private key in it.', 'Give the public half, the file that ends in .pub.');
  }
  const { keys, faults } = readPublicKeys(value);
  const [first, ...others] = faults;
  if (first !== undefined) {
    const lines = others.length === 0 ? `Line ${first} is` : `Lines ${faults.join(', ')} are`;
    return refuse(
      `${lines} no SSH public key.`,
      'A public key is one line: a copy from a terminal may have broken it in two.',
    );
  }
  if (keys.length === 0) {
    return refuse('There is no SSH public key in it.', 'Give the text of a .pub file, such as ~/.ssh/id_ed25519.pub.');
  }
  return {
    facts: {
      publicKeys: keys.map(({ publicKey, comment }) => ({
        publicKey,
        fingerprint: fingerprint(publicKey),
        type: publicKeyType(publicKey),
        comment,
      })),
    },
  };
}

function refuse(message: string, hint: string): SecretFinding {
  return { problem: { message, hint } };
}
