import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** The header in which a caller of the emulator's own endpoints shows the secret. */
export const SECRET_HEADER = 'emulator-secret';

/** The header with which anybody may ask the emulator to prove, in its bare health answer, that it is the one that it claims to be. */
export const CHALLENGE_HEADER = 'emulator-challenge';

/** A challenge is random text of the caller; a longer one is ignored. */
const LONGEST_CHALLENGE = 128;

/** Compares in a time that tells nothing about the secret. */
export function isSecret(given: string | undefined, secret: string): boolean {
  return given !== undefined && timingSafeEqual(digest(given), digest(secret));
}

/** What only the holder of the secret can answer; the secret itself never goes to whoever listens on the port. */
export function proofOf(secret: string, challenge: string): string {
  return createHmac('sha256', secret).update(`emulator health ${challenge}`).digest('base64url');
}

/** The proof for a challenge as it came in a header, or `null` when there is none to give. */
export function answerChallenge(secret: string, challenge: string | undefined): string | null {
  return challenge === undefined || challenge.length > LONGEST_CHALLENGE ? null : proofOf(secret, challenge);
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
