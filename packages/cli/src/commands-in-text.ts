import { commandWords, topicWords } from './command-words.js';
import { quoteWord } from './operations/shell-words.js';

/** The environment that a command line is about, as its options say it. */
export interface PlaceOptions {
  config?: string | undefined;
  local?: boolean | undefined;
}

/** How the commands of a text are spelled for one person. */
export interface Spelling {
  /** What is typed to run Sindri, see `typedName`. */
  typed: string;
  /** Commands for an environment lead to this one. */
  place?: PlaceOptions;
}

/** Stands for a blank inside of a command: a line is not broken there. {@link plainBlanks} makes it one again. */
export const NO_BREAK = '\u00a0';

/** A command of ours in a text. */
interface Found {
  start: number;
  end: number;
  /** Where its words end and its options and arguments begin. */
  wordsEnd: number;
  /** `deploy`, `volume extend`. */
  id: string;
}

/** Not a part of a path or of another name, and followed by a command. */
const OURS = new RegExp(`(?<![\\w./@'-]|npx )sindri\\s+(${commandWords.join('|')})(?![\\w-])`, 'g');
/** These are not about an environment. */
const ELSEWHERE = /^((completion|emulator|help|plugins|provider|version)( |$)|config (init|schema)$)/;
/** These are about a provider, or its local emulator, and no config. */
const WITHOUT_CONFIG = /^auth( |$)/;
/** Options with a value, as far as texts name them. */
const VALUED = /^(-c|--(config|method|instance|output|out|plan|image|to))$/;
/** What is to be pasted stands behind a colon or a prompt, or on a line of its own. */
const TO_PASTE = /(^|\n|[:$] )(\s|\u001b\[[\d;]*m)*$/;
/** Lines for other programs. Their names occur in sentences, too, hence the second word. */
const OTHERS =
  /(?<=(?:^|\n|: |\$ |`)\s*)(?:ssh-keygen -|ssh-add |export [A-Z]|eval "|chmod [0-7u]|npm (?:i|ci|install|run|start) |npx |git clone |docker (?:logs|ps|pull|rm|run|start|volume) |(?<=(?:^|\n)\s*)(?:ssh|scp|rsync|code) )[^\n`]*?(?=$|\n|`| {2}|[.,;] | \()/g;

/**
 * Spells the commands of ours in `text` as this person types them, with the options that lead to the same environment. Providers and
 * formatters write `sindri deploy`. What is to be pasted is kept together with {@link NO_BREAK}.
 */
export function spellCommands(text: string, { typed, place = {} }: Spelling): string {
  const pieces: string[] = [];
  let at = 0;
  for (const found of commandsIn(text)) {
    if (found.start < at) continue;
    const command = text.slice(found.start, found.end);
    const words = text.slice(found.start + 'sindri'.length, found.wordsEnd);
    const rest = text.slice(found.wordsEnd, found.end);
    pieces.push(text.slice(at, found.start), glued(`${typed}${words}${placeOptions(found.id, command, place)}${rest}`));
    at = found.end;
  }
  return [...pieces, text.slice(at)].join('').replace(OTHERS, glued);
}

/** The text as it leaves. */
export function plainBlanks(text: string): string {
  return text.replaceAll(NO_BREAK, ' ');
}

/** ` --local -c other.yaml`: the options of the place, as words of a command line. */
export function placeWords({ local, config }: PlaceOptions): string {
  return `${local === true ? ' --local' : ''}${config === undefined ? '' : ` -c ${quoteWord(config)}`}`;
}

/** What `command` lacks of the options of the place. */
function placeOptions(id: string, command: string, { local, config }: PlaceOptions): string {
  if (ELSEWHERE.test(id) || /\s--help(\s|$)/.test(command)) return '';
  const own = command.split(/\s--(\s|$)/)[0] ?? '';
  return placeWords({
    local: local === true && !/\s--local(\s|$)/.test(own),
    config: WITHOUT_CONFIG.test(id) || /\s(-c|--config)[\s=]/.test(own) ? undefined : config,
  });
}

function commandsIn(text: string): Found[] {
  return [...text.matchAll(OURS)].map((match) => {
    const start = match.index;
    const [head, first = ''] = match;
    let id = first;
    let wordsEnd = start + head.length;
    for (;;) {
      const [more = ''] = /^ [a-z][a-z-]*/.exec(text.slice(wordsEnd)) ?? [];
      if (more === '' || !(topicWords.includes(id) || topicWords.includes(id + more))) break;
      id += more;
      wordsEnd += more.length;
    }
    return { start, wordsEnd, id, end: endOf(text, start, wordsEnd) };
  });
}

function endOf(text: string, start: number, wordsEnd: number): number {
  if (text[start - 1] === '`') {
    const close = text.indexOf('`', wordsEnd);
    return close === -1 ? wordsEnd : close;
  }
  // In a sentence only options belong to it for certain.
  const all = TO_PASTE.test(text.slice(0, start));
  const token = / (?!\()((?:'[^'\n]*'|"[^"\n]*"|[^\s'"\u001b])+)/y;
  let end = wordsEnd;
  let takes = all;
  for (;;) {
    token.lastIndex = end;
    const word = token.exec(text)?.[1];
    if (word === undefined || (!takes && !word.startsWith('-'))) return end;
    const last = word.length > 1 && /[.,;:]$/.test(word);
    end += 1 + word.length - (last ? 1 : 0);
    if (last) return end;
    if (word === '--') takes = true;
    else if (!all && word.startsWith('-')) takes = VALUED.test(word);
    else if (!all && text.slice(0, end).lastIndexOf(' -- ') < start) takes = false;
  }
}

function glued(command: string): string {
  return command.replaceAll(' ', NO_BREAK);
}
