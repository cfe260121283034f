/** Columns that `text` takes on a terminal. Escape sequences that only set colours take none. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of withoutColors(text)) width += characterWidth(character);
  return width;
}

/** `text` (without escape sequences) cut to at most `columns`, with `…` at the end when something is missing. */
export function fitText(text: string, columns: number): string {
  if (columns <= 0) return '';
  if (displayWidth(text) <= columns) return text;
  let fitted = '';
  let width = 0;
  for (const character of text) {
    const next = width + characterWidth(character);
    if (next > columns - 1) break;
    fitted += character;
    width = next;
  }
  return `${fitted}…`;
}

function withoutColors(text: string): string {
  return text.replace(/\u001b\[[0-9;]*m/g, '');
}

/** Close enough for a progress list: combining marks 0, East Asian wide characters and emoji 2, all else 1. */
function characterWidth(character: string): number {
  if (/\p{Mark}|\p{Cf}/u.test(character)) return 0;
  const code = character.codePointAt(0) ?? 0;
  const wide =
    (code >= 0x1100 && code <= 0x115f) ||
    (code >= 0x2e80 && code <= 0xa4cf && code !== 0x303f) ||
    (code >= 0xac00 && code <= 0xd7a3) ||
    (code >= 0xf900 && code <= 0xfaff) ||
    (code >= 0xfe30 && code <= 0xfe6f) ||
    (code >= 0xff00 && code <= 0xff60) ||
    (code >= 0xffe0 && code <= 0xffe6) ||
    (code >= 0x1f300 && code <= 0x1faff) ||
    (code >= 0x20000 && code <= 0x3fffd);
  return wide ? 2 : 1;
}
