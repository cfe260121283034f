import type { Redactor, SindriError } from '@sindri/core';
import { formatError } from './format/error.js';
import { documentText, type OutputMode } from './output-mode.js';
import { plainBlanks } from './commands-in-text.js';
import { createSeal } from './seal.js';
import { createStyle, wantsColor, type Style } from './style.js';
import { capabilitiesOf } from './terminal/capabilities.js';
import { columnsOf, foldText } from './terminal/fold.js';
import { harmlessText } from './terminal/outside-text.js';
import { createScreen, type Screen } from './terminal/screen.js';

/** A stream of text, as far as it is needed here. */
export interface TextStream {
  write(text: string): unknown;
  isTTY?: boolean;
  columns?: number;
  rows?: number;
  on?(event: 'resize', listener: () => void): unknown;
  off?(event: 'resize', listener: () => void): unknown;
}

/**
 * Where everything that people and programs read goes through: stdout carries the answer and nothing else, stderr the rest.
 * No text leaves without passing the redactor, and no control character but those of our own styles: texts from the platform, the
 * config or a plugin are put together with ours anywhere, and are made harmless here.
 */
export interface Output {
  readonly mode: OutputMode;
  /** Whether a person follows the work on stderr. */
  readonly followed: boolean;
  readonly stderrIsTerminal: boolean;
  /** For text that goes to stderr. */
  readonly style: Style;
  /** The answer of the command, once. `verbatim`: a file's content, which is written as it is unless a terminal shows it. */
  answer(document: unknown, text: (style: Style) => string, options?: { verbatim?: boolean }): void;
  /** A new state of an answer that is still being watched. Ignored in `json` mode, which knows one document only. */
  update(document: unknown, text: (style: Style) => string): void;
  /**
   * What is watched, as it reads now, on a screen of its own that is drawn in place; only in `text` mode on a terminal that can. Returns
   * whether it was shown. When the screen is left the text stays behind, without what was `below` it.
   */
  redraw(text: (style: Style) => string, below: (style: Style) => string): boolean;
  /** Whether {@link Output.redraw} has the terminal: nobody else may write there. */
  readonly onScreen: boolean;
  leaveScreen(): void;
  /** One JSON line on stdout; only in `ndjson` mode, and before the answer or the failure, ignored otherwise. */
  line(document: unknown): void;
  /** Lines of text on stdout as they come; only in `text` mode, ignored otherwise. */
  stream(text: (style: Style) => string): void;
  /** Text for the person who follows, on stderr. Silent when nobody does. */
  say(text: string): void;
  /** A line on stderr whatever the mode. */
  trace(text: string): void;
  /** The failure, in the form of this mode. */
  fail(error: SindriError): void;
}

export interface OutputOptions {
  mode: OutputMode;
  stdout: TextStream;
  stderr: TextStream;
  env: Readonly<Record<string, string | undefined>>;
  redactor: Redactor;
  /** Spells commands as this person types them, see `spellCommands`. Default: as they are. */
  spell?: (text: string) => string;
}

export function createOutput({ mode, stdout, stderr, env, redactor, spell = (text) => text }: OutputOptions): Output {
  const seal = createSeal();
  // A terminal may have become wider since the last line.
  const styleOf = (stream: TextStream) => createStyle(wantsColor(stream, env), columnsOf(stream), seal.mark);
  const stderrIsTerminal = stderr.isTTY === true;
  // A stream of events is the progress; somebody who sends one document into a file still wants to see it.
  const followed = mode === 'text' || (mode === 'json' && stderrIsTerminal);

  const clean = (text: string): string => {
    const hidden = redactor.text(text);
    const harmless = harmlessText(hidden);
    // A secret with a control character inside could not be seen before.
    return harmless === hidden ? hidden : redactor.text(harmless);
  };
  /** A text of ours, which may name commands. */
  const write = (stream: TextStream, text: string, verbatim = false) =>
    writeAsItIs(stream, verbatim ? text : spell(text), verbatim);
  const writeAsItIs = (stream: TextStream, text: string, verbatim = false) => {
    if (text === '') return;
    stream.write(withLineEnd(verbatim ? fileContent(stream, text) : folded(stream, text)));
  };
  /** Whoever copies it off the terminal gets lines as they are. */
  const fileContent = (stream: TextStream, text: string) =>
    stream.isTTY === true ? seal.open(text, clean) : redactor.text(text);
  const folded = (stream: TextStream, text: string) => foldText(seal.open(text, clean), columnsOf(stream));
  let screen: Screen | null = null;
  let last: ((style: Style) => string) | null = null;
  /** The last line is out: what ends later, such as a request that nobody waits for any more, comes too late. */
  let ended = false;
  const json = (value: unknown) => stdout.write(documentText(redactor.value(value), mode));

  const output: Output = {
    mode,
    followed,
    stderrIsTerminal,
    get style() {
      return styleOf(stderr);
    },
    answer(document, text, { verbatim } = {}) {
      ended = true;
      if (mode === 'text') write(stdout, text(styleOf(stdout)), verbatim);
      else json(document);
    },
    update(document, text) {
      if (mode === 'ndjson') json(document);
      if (mode !== 'text') return;
      write(stdout, text(styleOf(stdout)));
    },
    redraw(text, below) {
      if (mode !== 'text' || !capabilitiesOf(stdout, env).live) return false;
      last = text;
      (screen ??= createScreen(stdout)).draw(() => {
        const style = styleOf(stdout);
        return folded(stdout, spell(`${text(style)}\n\n${below(style)}`));
      });
      return true;
    },
    get onScreen() {
      return screen !== null;
    },
    leaveScreen() {
      screen?.leave(last === null ? '' : withLineEnd(folded(stdout, spell(last(styleOf(stdout))))));
      screen = null;
      last = null;
    },
    line(document) {
      if (mode === 'ndjson' && !ended) json(document);
    },
    stream(text) {
      // Lines of somebody else's: a log.
      if (mode === 'text') writeAsItIs(stdout, text(styleOf(stdout)));
    },
    say(text) {
      if (followed) write(stderr, text);
    },
    trace(text) {
      write(stderr, text);
    },
    fail(error) {
      ended = true;
      const plain = error.toJSON();
      const document = plain.hint === undefined ? plain : { ...plain, hint: plainBlanks(spell(plain.hint)) };
      if (mode !== 'text') json({ error: document });
      // Somebody who sends the JSON into a file still wants to know why nothing came of it.
      if (mode === 'text' || (stderrIsTerminal && stdout.isTTY !== true))
        write(stderr, formatError(plain, styleOf(stderr)));
    },
  };
  return output;
}

function withLineEnd(text: string): string {
  return text.endsWith('\n') ? text : `${text}\n`;
}
