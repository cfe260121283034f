/** What a single text from outside may have, in characters; the rest becomes `…`. */
export const LONGEST_TEXT = 4096;

/**
 * Escape sequences of ECMA-48 as a whole, so that coloured logs stay readable. None reaches over the end of its line: what an
 * unfinished sequence would swallow may be ours.
 */
const SEQUENCES =
  /\u001b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\u0007\u001b\r\n]*(?:\u0007|\u001b\\)|[()*+#][0-9A-Za-z]|[0-OQ-WYZ\\`-~])/g;
/** C0 but line feed and tab, DEL and C1. */
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;
/**
 * What changes the direction of the text around it, and what has no width at all: both make a text look like another one. The last
 * range is the tag characters, with which one hides a text in another.
 */
const UNSEEN =
  /[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{1d173}-\u{1d17a}\u{e0000}-\u{e007f}]/gu;
/**
 * A joiner means something in an emoji and in scripts that join their letters, and hides in words anywhere else. Made when it is needed:
 * what it knows of scripts takes longer to look up than a short command has to say.
 */
const strayJoiners = () =>
  /(?<![\p{Extended_Pictographic}\p{Emoji_Modifier}\p{Mark}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Mongolian}])[\u200c\u200d]/gu;

/**
 * Text from outside as a terminal may have it: what could move the cursor, retitle the window, turn the text around or hide in it
 * is gone. Line feeds and tabs stay, every line is cut at {@link LONGEST_TEXT}.
 */
export function harmlessText(text: string): string {
  // Most texts are harmless as they are.
  const harmless = SUSPICIOUS.test(text)
    ? text
        .replace(/\r\n/g, '\n')
        .replace(SEQUENCES, '')
        .replace(/[\r\u2028\u2029]/g, ' ')
        .replace(CONTROLS, '')
        .replace(UNSEEN, '')
        .replace(strayJoiners(), '')
    : text;
  return harmless.length <= LONGEST_TEXT ? harmless : harmless.split('\n').map(cutText).join('\n');
}

const SUSPICIOUS =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{1d173}-\u{1d17a}\u{e0000}-\u{e007f}]/u;

/** The same as one line: line breaks and tabs are blanks. */
export function plainText(text: string): string {
  return cutText(
    harmlessText(text)
      .replace(/[\n\t]+/g, ' ')
      .trimEnd(),
  );
}

/** At most {@link LONGEST_TEXT} characters of a text, lines and all. */
export function cutText(text: string): string {
  if (text.length <= LONGEST_TEXT) return text;
  // Never half a character.
  return `${text.slice(0, LONGEST_TEXT - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}

/**
 * JSON with escapes for what would be a control on a terminal or in a program's source, or a command to the runner of GitHub Actions
 * (`##[name]`). It means the same.
 */
export function escapeJson(json: string): string {
  return json
    .replace(/##(?=\[)/g, '\\u0023#')
    .replace(UNSAFE_IN_JSON, (character) =>
      [...Array(character.length).keys()]
        .map((at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`)
        .join(''),
    );
}

/** All of these can stand in the strings of a JSON document only. */
const UNSAFE_IN_JSON =
  /[\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{1d173}-\u{1d17a}\u{e0000}-\u{e007f}]/gu;
