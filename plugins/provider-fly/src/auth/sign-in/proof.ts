import { createHash } from 'node:crypto';

/** Makes random bytes: `node:crypto` has it. */
export type RandomBytes = (size: number) => Buffer;

/** What only the one who began a sign-in knows: the verifier of PKCE (RFC 7636), and the state that a callback must bring. */
export interface SignInProof {
  verifier: string;
  challenge: string;
  state: string;
}

/** 32 and 16 bytes, as flyctl has them. */
export function createProof(randomBytes: RandomBytes): SignInProof {
  const verifier = randomBytes(32).toString('base64url');
  return {
    verifier,
    challenge: createHash('sha256').update(verifier).digest('base64url'),
    state: randomBytes(16).toString('base64url'),
  };
}
