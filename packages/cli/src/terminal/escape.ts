const TILDE = 0x7e;
const DOT = 0x2e;
const QUESTION = 0x3f;
const CONTROL_Z = 0x1a;
const CARRIAGE_RETURN = 0x0d;
const LINE_FEED = 0x0a;

/** What a person at the keyboard asked of us rather than of the environment. */
export type EscapeAction = 'disconnect' | 'help' | 'suspend';

export interface EscapeResult {
  /** What goes on to the environment. */
  bytes: Buffer;
  actions: EscapeAction[];
}

/** Which sequences there are. */
export interface EscapeOptions {
  /** `~^Z` is one: this system can stop a program and continue it. Default `false`. */
  suspends?: boolean;
}

/** Explains the sequences, for `~?`. */
export function escapeHelp({ suspends = false }: EscapeOptions = {}): string[] {
  return [
    'At the start of a line:',
    '  ~.   disconnect',
    ...(suspends ? ['  ~^Z  back to the shell on this computer; fg returns'] : []),
    '  ~?   this help',
    '  ~~   send one ~',
  ];
}

/**
 * Finds escape sequences among typed bytes, as ssh does: a `~` at the start of a line is held back until the next key tells what it
 * means. Returns a function to feed with each chunk, since a sequence may be cut anywhere.
 */
export function createEscapeFilter({ suspends = false }: EscapeOptions = {}): (chunk: Buffer) => EscapeResult {
  const meanings = new Map<number, EscapeAction>([
    [DOT, 'disconnect'],
    [QUESTION, 'help'],
  ]);
  if (suspends) meanings.set(CONTROL_Z, 'suspend');
  let atLineStart = true;
  let held = false;

  return (chunk) => {
    const bytes: number[] = [];
    const actions: EscapeAction[] = [];
    for (const byte of chunk) {
      if (held) {
        held = false;
        const action = meanings.get(byte);
        if (action !== undefined) {
          actions.push(action);
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
