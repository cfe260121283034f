const TILDE = 0x7e;
const DOT = 0x2e;
const QUESTION = 0x3f;
const CARRIAGE_RETURN = 0x0d;
const LINE_FEED = 0x0a;

/** What a person at the keyboard asked of us rather than of the environment. */
export type EscapeAction = 'disconnect' | 'help';

export interface EscapeResult {
  /** What goes on to the environment. */
  bytes: Buffer;
  actions: EscapeAction[];
}

/** Explains the sequences, for `~?`. */
export const escapeHelp: readonly string[] = [
  'At the start of a line:',
  '  ~.  disconnect',
  '  ~?  this help',
  '  ~~  send one ~',
];

/**
 * Finds escape sequences among typed bytes, as ssh does: a `~` at the start of a line is held back until the next key tells what it
 * means. Returns a function to feed with each chunk, since a sequence may be cut anywhere.
 */
export function createEscapeFilter(): (chunk: Buffer) => EscapeResult {
  let atLineStart = true;
  let held = false;

  return (chunk) => {
    const bytes: number[] = [];
    const actions: EscapeAction[] = [];
    for (const byte of chunk) {
      if (held) {
        held = false;
        if (byte === DOT || byte === QUESTION) {
          actions.push(byte === DOT ? 'disconnect' : 'help');
          continue;
        }
        bytes.push(TILDE);
        if (byte === TILDE) {
          atLineStart = false;
          continue;
        }
      } else if (atLineStart && byte === TILDE) {
        held = true;
        continue;
      }
      bytes.push(byte);
      atLineStart = byte === CARRIAGE_RETURN || byte === LINE_FEED;
    }
    return { bytes: Buffer.from(bytes), actions };
  };
}
