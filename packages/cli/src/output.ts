import type { Redactor, SindriError } from '@sindri/core';
import { formatError } from './format/error.js';
import type { OutputMode } from './output-mode.js';
import { plainBlanks } from './commands-in-text.js';
import { createSeal } from './seal.js';
import { createStyle, wantsColor, type Style } from './style.js';
import { columnsOf, foldText } from './terminal/fold.js';
import { escapeJson, harmlessText } from './terminal/outside-text.js';

/** A stream of text, as far as it is needed here. */
export interface TextStream {
  write(text: string): unknown;
  isTTY?: boolean;
  columns?: number;
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
  /** One JSON line on stdout; only in `ndjson` mode, ignored otherwise. */
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

const clearScreen = '\u001b[H\u001b[2J\u001b[3J';

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
    const shown = verbatim ? fileContent(stream, text) : foldText(seal.open(text, clean), columnsOf(stream));
    stream.write(shown.endsWith('\n') ? shown : `${shown}\n`);
  };
  /** Whoever copies it off the terminal gets lines as they are. */
  const fileContent = (stream: TextStream, text: string) =>
    stream.isTTY === true ? seal.open(text, clean) : redactor.text(text);
  const json = (value: unknown, indent?: number) =>
    stdout.write(`${escapeJson(JSON.stringify(redactor.value(value), null, indent))}\n`);

  const output: Output = {
    mode,
    followed,
    stderrIsTerminal,
    get style() {
      return styleOf(stderr);
    },
    answer(document, text, { verbatim } = {}) {
      if (mode === 'text') write(stdout, text(styleOf(stdout)), verbatim);
      else json(document, mode === 'json' ? 2 : undefined);
    },
    update(document, text) {
      if (mode === 'ndjson') json(document);
      if (mode !== 'text') return;
      if (stdout.isTTY === true) stdout.write(clearScreen);
      write(stdout, text(styleOf(stdout)));
    },
    line(document) {
      if (mode === 'ndjson') json(document);
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
      const plain = error.toJSON();
      const document = plain.hint === undefined ? plain : { ...plain, hint: plainBlanks(spell(plain.hint)) };
      if (mode !== 'text') json({ error: document }, mode === 'json' ? 2 : undefined);
      // Somebody who sends the JSON into a file still wants to know why nothing came of it.
      if (mode === 'text' || (stderrIsTerminal && stdout.isTTY !== true))
        write(stderr, formatError(plain, styleOf(stderr)));
    },
  };
  return output;
}
