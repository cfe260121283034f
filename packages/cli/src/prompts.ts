import { Writable } from 'node:stream';
import { createInterface } from 'node:readline/promises';
import { columnsOf, foldText } from './terminal/fold.js';
import { plainText } from './terminal/outside-text.js';

/** Questions to the person at the terminal. Everything is shown on stderr: stdout belongs to the answer. */
export interface Prompts {
  /** Yes or no; anything but a clear yes is a no. */
  confirm(question: string, signal: AbortSignal): Promise<boolean>;
  /** Whether exactly `expected` was typed. */
  typed(question: string, expected: string, signal: AbortSignal): Promise<boolean>;
  /** A line of text without the blanks around it; `null` when there will be no answer (Ctrl-D). */
  text(question: string, signal: AbortSignal): Promise<string | null>;
  /** A line that is not shown while it is typed; `null` when there will be no answer. */
  hidden(question: string, signal: AbortSignal): Promise<string | null>;
}

export interface PromptStreams {
  stdin: NodeJS.ReadableStream;
  stderr: NodeJS.WritableStream & { isTTY?: boolean; columns?: number };
}

/** Make these only when both streams are terminals: see {@link mayPrompt}. */
export function createPrompts({ stdin, stderr }: PromptStreams): Prompts {
  const answerTo = async (
    question: string,
    signal: AbortSignal,
    { echo = true }: { echo?: boolean } = {},
  ): Promise<string | null> => {
    // The line editor knows one line only, and would break it anywhere.
    const lines = foldText(plainText(question), columnsOf(stderr)).split('\n');
    const last = lines.pop() as string;
    if (lines.length > 0) stderr.write(`${lines.join('\n')}\n`);
    if (!echo) stderr.write(`${last} `);
    const output = echo ? stderr : new Writable({ write: (_chunk, _encoding, done) => done() });
    const line = createInterface({ input: stdin, output, terminal: true, historySize: echo ? 30 : 0 });
    // In line-editing mode Ctrl-C arrives here as a key and not as a signal: pass it on.
    line.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
    const ended = new AbortController();
    line.once('close', () => ended.abort());
    try {
      return await line.question(echo ? `${last} ` : '', { signal: AbortSignal.any([signal, ended.signal]) });
    } catch (error) {
      // The cursor stands behind the question.
      stderr.write('\n');
      signal.throwIfAborted();
      if (ended.signal.aborted) return null;
      throw error;
    } finally {
      if (!echo) stderr.write('\n');
      line.close();
    }
  };
  // Ctrl-D: no answer is no.
  const ask = async (question: string, signal: AbortSignal): Promise<string> =>
    (await answerTo(question, signal)) ?? '';
  return {
    async confirm(question, signal) {
      return /^(y|yes)$/i.test((await ask(`${question} [y/N]`, signal)).trim());
    },
    async typed(question, expected, signal) {
      return (await ask(question, signal)).trim() === expected;
    },
    async text(question, signal) {
      return (await answerTo(question, signal))?.trim() ?? null;
    },
    hidden: (question, signal) => answerTo(question, signal, { echo: false }),
  };
}

/** Whether somebody is there who can answer: both streams are terminals, and neither `--no-input` nor `CI` says otherwise. */
export function mayPrompt(options: {
  stdin: { isTTY?: boolean };
  stderr: { isTTY?: boolean };
  env: Readonly<Record<string, string | undefined>>;
  noInput: boolean;
}): boolean {
  const ci = options.env['CI'];
  const inCi = ci !== undefined && ci !== '' && ci !== '0' && ci !== 'false';
  // Stdin last: asking for it makes a stream of it.
  return !options.noInput && !inCi && options.stderr.isTTY === true && options.stdin.isTTY === true;
}
