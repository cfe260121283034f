/** The tokens that one credential string holds, by the way Fly wants them sent. */
export interface FlyToken {
  /** Permission and discharge macaroons. */
  macaroons: string[];
  /** Personal (OAuth) tokens. */
  personal: string[];
}

const SCHEME = /^(?:bearer|flyv1)(?:\s+|$)/i;
const MACAROON_PREFIXES = new Set(['fm1r', 'fm1a', 'fm2']);

/** Quotes that came along when a token was copied: of a shell, of a `.env` file, of a text. */
const QUOTED = /^(?:"([^]*)"|'([^]*)'|`([^]*)`|“([^]*)”|‘([^]*)’)$/;

/**
 * Reads a credential as flyctl does: blanks, quotes around it and any `Bearer ` or `FlyV1 ` in front are no part of it, commas
 * separate several tokens, and the text before the first `_` tells a macaroon from a personal token.
 */
export function parseToken(text: string): FlyToken {
  let rest = text.trim();
  const quoted = QUOTED.exec(rest);
  if (quoted !== null) rest = (quoted.slice(1).find((inside) => inside !== undefined) ?? '').trim();
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

/** Why no header can carry this token, as a clause about it; `null` when one can. */
export function whyUnsendable(token: FlyToken): string | null {
  const pieces = tokenPieces(token);
  if (pieces.some((piece) => /[\r\n]/.test(piece))) return 'it is broken over several lines';
  if (pieces.some((piece) => /\s/.test(piece))) return 'it has a blank inside';
  if (pieces.some((piece) => /…|\.\.\./.test(piece))) return 'it was cut short: it has an ellipsis in it';
  if (pieces.some((piece) => /[^\x21-\x7e]/.test(piece))) return 'it has a character that no token has';
  return null;
}

/** The `Authorization` header for the Machines API and the logs endpoint: macaroons when there are any. */
export function authorizationHeader(token: FlyToken): string {
  return token.macaroons.length > 0 ? `FlyV1 ${token.macaroons.join(',')}` : `Bearer ${token.personal.join(',')}`;
}

/** Every single piece that must never be printed. */
export function tokenPieces(token: FlyToken): string[] {
  return [...token.macaroons, ...token.personal];
}
