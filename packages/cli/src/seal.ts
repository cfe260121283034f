import { randomBytes } from 'node:crypto';

/**
 * Tells our own styles from those that somebody has put into a text from outside: ours carry a number that nobody outside knows,
 * until the text leaves.
 */
export interface Seal {
  /** One attribute of ECMA-48, "Select Graphic Rendition", sealed. As wide as the real one: nothing. */
  mark(attribute: number): string;
  /** The text as it leaves: sealed attributes become real ones, everything between them has passed `clean`. */
  open(text: string, clean: (outside: string) => string): string;
}

/** `secret`: digits that cannot be guessed. Default: made with the first mark, of which a pipe has none. */
export function createSeal(secret?: string): Seal {
  let own = secret;
  return {
    mark: (attribute) => `\u001b[${(own ??= randomBytes(6).readUIntBE(0, 6).toString())};${attribute}m`,
    open(text, clean) {
      if (own === undefined) return clean(text);
      return (
        text
          .split(new RegExp(`\u001b\\[${own};(\\d+)m`))
          // What the expression has captured stands between the pieces.
          .map((piece, index) => (index % 2 === 1 ? `\u001b[${piece}m` : clean(piece)))
          .join('')
      );
    },
  };
}
