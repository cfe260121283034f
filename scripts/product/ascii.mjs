// The parts of the product are read as Latin-1, the quickest way there is: nothing but ASCII may be in them.

const escaped = (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

/**
 * JavaScript or JSON that means the same, in ASCII. The bundler writes strings so by itself, but regular expressions as they are: `✓` in one
 * of them was three other characters to the product. Throws for what has no such spelling.
 */
export function asciiOnly(text) {
  // Not one that a backslash escapes: it would become an escaped backslash and a word.
  const ascii = text.replace(/(?<=(?<!\\)(?:\\\\)*)[^\0-\x7f]/g, escaped);
  const left = /.{0,40}[^\0-\x7f].{0,20}/.exec(ascii)?.[0];
  if (left !== undefined) throw new Error(`This cannot be written in ASCII: ${left}`);
  return ascii;
}
