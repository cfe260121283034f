import type { Readable } from 'node:stream';

/** Standard input, which may be a terminal. */
export interface InputStream extends Readable {
  isTTY?: boolean;
  isRaw?: boolean;
  setRawMode?(on: boolean): unknown;
}

export interface RawMode {
  /** Sets raw mode again: a shell that continues a stopped job gives it the shell's own settings. */
  again(): void;
  /** The terminal's own settings for now, until {@link RawMode.again}. */
  pause(): void;
  restore(): void;
}

/** Puts a terminal into raw mode, where each key goes on as a byte. `null` when `input` is none. */
export function enterRawMode(input: InputStream): RawMode | null {
  if (input.isTTY !== true || input.setRawMode === undefined) return null;
  const before = input.isRaw === true;
  let active = true;
  const set = (on: boolean) => {
    try {
      input.setRawMode?.(on);
    } catch {
      // The terminal has gone: its settings are nobody's concern any more.
    }
  };
  set(true);
  return {
    again() {
      if (!active) return;
      // Node skips the call when it believes that nothing changes.
      set(false);
      set(true);
    },
    pause() {
      if (active) set(before);
    },
    restore() {
      if (!active) return;
      active = false;
      set(before);
    },
  };
}

/**
 * Undoes what an interrupted full-screen program may have left behind: hidden cursor, mouse reports, bracketed paste, colours.
 * Harmless when there was none.
 */
export const terminalReset = '\u001b[?25h\u001b[?1000l\u001b[?1002l\u001b[?1003l\u001b[?1006l\u001b[?2004l\u001b[0m';
