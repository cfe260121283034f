/**
 * The one place that hides secrets. Every text that may leave the process (errors, events, debug traces) goes through it.
 */
export interface Redactor {
  /** From now on `value` is hidden. Values shorter than four characters are ignored: they would blot out ordinary text. */
  add(value: string | undefined): void;
  /** `text` with every known secret, and everything that looks like an API token, replaced. */
  text(text: string): string;
  /** A deep copy of `value` with {@link Redactor.text} applied to every string, keys included. */
  value<T>(value: T): T;
}

const MASK = '‹redacted›';

/** Fly macaroons and OAuth tokens, and anything behind an Authorization scheme. */
const TOKEN_SHAPES = [
  // The schemes first: what follows one may be a whole list of tokens.
  /\b(Bearer|FlyV1)\s+[A-Za-z0-9+/=_,.-]{4,}/g,
  // "Basic" is also a word: what follows must look like no word.
  /\b(Basic)\s+(?=[A-Za-z]+[A-Z0-9+/=])[A-Za-z0-9+/]{4,}={0,2}/g,
  /\b(?:fm1r|fm1a|fm2)_[A-Za-z0-9+/=_-]{4,}/g,
  /\bfo1_[A-Za-z0-9_-]{4,}/g,
];

const MINIMUM_LENGTH = 4;

/** Makes a redactor that knows `secrets`; more can be added later. Absent values are ignored. */
export function createRedactor(secrets: Iterable<string | undefined> = []): Redactor {
  const known = new Set<string>();

  const redactor: Redactor = {
    add(value) {
      if (value === undefined) return;
      remember(value);
      // A multi-line secret may be cut into lines by whoever prints it.
      for (const line of value.split(/\r?\n/)) remember(line.trim());
    },
    text(text) {
      let result = text;
      // Longest first, so that a secret that contains another one disappears whole.
      for (const secret of [...known].sort((a, b) => b.length - a.length)) result = result.split(secret).join(MASK);
      for (const shape of TOKEN_SHAPES) {
        result = result.replace(shape, (_match, scheme: unknown) =>
          typeof scheme === 'string' ? `${scheme} ${MASK}` : MASK,
        );
      }
      return result;
    },
    value<T>(value: T): T {
      return redactValue(value) as T;
    },
  };
  for (const secret of secrets) redactor.add(secret);
  return redactor;

  function remember(value: string): void {
    if (value.length < MINIMUM_LENGTH) return;
    known.add(value);
    const encoded = JSON.stringify(value).slice(1, -1);
    if (encoded !== value) known.add(encoded);
  }

  function redactValue(value: unknown): unknown {
    if (typeof value === 'string') return redactor.text(value);
    if (Array.isArray(value)) return value.map(redactValue);
    if (typeof value === 'object' && value !== null) {
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [redactor.text(key), redactValue(item)]));
    }
    return value;
  }
}
