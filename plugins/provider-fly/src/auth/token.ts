/** The tokens that one credential string holds, by the way Fly wants them sent. */
export interface FlyToken {
  /** Permission and discharge macaroons. */
  macaroons: string[];
  /** Personal (OAuth) tokens. */
  personal: string[];
}

const SCHEME = /^(?:bearer|flyv1)(?:\s+|$)/i;
const MACAROON_PREFIXES = new Set(['fm1r', 'fm1a', 'fm2']);

/**
 * Reads a credential as flyctl does: blanks and any `Bearer ` or `FlyV1 ` in front are no part of it, commas separate
 * several tokens, and the text before the first `_` tells a macaroon from a personal token.
 */
export function parseToken(text: string): FlyToken {
  let rest = text.trim();
  while (SCHEME.test(rest)) rest = rest.replace(SCHEME, '').trim();
  const token: FlyToken = { macaroons: [], personal: [] };
  for (const part of rest.split(',').map((piece) => piece.trim())) {
    if (part === '') continue;
    const prefix = part.split('_', 1)[0] ?? '';
    (MACAROON_PREFIXES.has(prefix) ? token.macaroons : token.personal).push(part);
  }
  return token;
}

/** Whether there is nothing in it to send. */
export function isEmptyToken(token: FlyToken): boolean {
  return token.macaroons.length === 0 && token.personal.length === 0;
}

/** The `Authorization` header for the Machines API and the logs endpoint: macaroons when there are any. */
export function authorizationHeader(token: FlyToken): string {
  return token.macaroons.length > 0 ? `FlyV1 ${token.macaroons.join(',')}` : `Bearer ${token.personal.join(',')}`;
}

/** Every single piece that must never be printed. */
export function tokenPieces(token: FlyToken): string[] {
  return [...token.macaroons, ...token.personal];
}
