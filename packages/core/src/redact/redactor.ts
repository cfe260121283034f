import { IDENTIFIER_KEYS, isOwnWord } from './own-words.js';

/**
 * The one place that hides secrets. Every text that may leave the process (errors, events, debug traces) goes through it.
 *
 * Our own vocabulary is never hidden: a secret whose value happens to be `running` or `machine` must not change the shape or
 * the identifiers of a document that a program reads, and hiding a word that stands in every document would hide nothing.
 */
export interface Redactor {
  /**
   * From now on `value` is hidden. Values shorter than four characters are ignored, they would blot out ordinary text, and so
   * are the words of our own documents.
   */
  add(value: string | undefined): void;
  /** From now on what `pattern` matches is hidden too. What its first group matches, if it has one, stays readable. */
  addPattern(pattern: RegExp): void;
  /** From now on `word` is part of our vocabulary: what a platform calls its things. Only lowercase words are taken. */
  allow(word: string): void;
  /** `text` with every known secret, and everything that looks like a credential, replaced. */
  text(text: string): string;
  /** A deep copy of `value` with {@link Redactor.text} applied to every string but identifiers, foreign keys included. */
  value<T>(value: T): T;
}

const MASK = '‹redacted›';

/** Whatever follows an HTTP authorization scheme. */
const SCHEMES = [
  /\b(Bearer)\s+[A-Za-z0-9+/=_,.-]{4,}/g,
  // "Basic" is also a word: what follows must look like no word.
  /\b(Basic)\s+(?=[A-Za-z]+[A-Z0-9+/=])[A-Za-z0-9+/]{4,}={0,2}/g,
];

const MINIMUM_LENGTH = 4;
const VOCABULARY = /^[a-z][a-z_-]{1,30}$/;

/** Makes a redactor that knows `secrets` and `patterns`; more can be added later. Absent values are ignored. */
export function createRedactor(secrets: Iterable<string | undefined> = [], patterns: Iterable<RegExp> = []): Redactor {
  const known = new Set<string>();
  const allowed = new Set<string>();
  const shapes: RegExp[] = [];

  const redactor: Redactor = {
    add(value) {
      if (value === undefined) return;
      remember(value);
      // A multi-line secret may be cut into lines by whoever prints it.
      for (const line of value.split(/\r?\n/)) remember(line.trim());
    },
    addPattern(pattern) {
      const { source } = pattern;
      const flags = [...new Set(`${pattern.flags}g`)].join('');
      if (!shapes.some((shape) => shape.source === source)) shapes.push(new RegExp(source, flags));
    },
    allow(word) {
      if (!VOCABULARY.test(word)) return;
      allowed.add(word);
      known.delete(word);
    },
    text(text) {
      let result = text;
      // Longest first, so that a secret that contains another one disappears whole.
      for (const secret of [...known].sort((a, b) => b.length - a.length)) result = result.split(secret).join(MASK);
      // What a platform's own patterns know comes first: behind a scheme may be a whole list of its tokens.
      for (const shape of [...shapes, ...SCHEMES]) {
        result = result.replace(shape, (_match, kept: unknown) =>
          typeof kept === 'string' ? `${kept} ${MASK}` : MASK,
        );
      }
      return result;
    },
    value<T>(value: T): T {
      return redactValue(value) as T;
    },
  };
  for (const secret of secrets) redactor.add(secret);
  for (const pattern of patterns) redactor.addPattern(pattern);
  return redactor;

  function remember(value: string): void {
    if (value.length < MINIMUM_LENGTH || isVocabulary(value)) return;
    known.add(value);
    const encoded = JSON.stringify(value).slice(1, -1);
    if (encoded !== value) known.add(encoded);
  }

  function isVocabulary(word: string): boolean {
    return isOwnWord(word) || allowed.has(word);
  }

  function redactValue(value: unknown): unknown {
    if (typeof value === 'string') return isVocabulary(value) ? value : redactor.text(value);
    if (Array.isArray(value)) return value.map(redactValue);
    if (typeof value === 'object' && value !== null) {
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [redactKey(key), redactMember(key, item)]));
    }
    return value;
  }

  function redactKey(key: string): string {
    return isVocabulary(key) ? key : redactor.text(key);
  }

  /** A part of an identifier that is hidden breaks who matches on it; by contract there is no secret in one. */
  function redactMember(key: string, item: unknown): unknown {
    if (!IDENTIFIER_KEYS.has(key)) return redactValue(item);
    if (typeof item === 'string' && VOCABULARY.test(item)) return item;
    if (Array.isArray(item) && item.every((one) => typeof one === 'string' && VOCABULARY.test(one))) return [...item];
    return redactValue(item);
  }
}
