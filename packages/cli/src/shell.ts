import type { ConfigProblem, Emit, ProviderRegistry, ProviderSource, Redactor } from '@sindri/core';
import type { Prompts } from './prompts.js';
import type { Style } from './style.js';

/** Environment variables. */
export type Env = Readonly<Record<string, string | undefined>>;

/** What the terminal lends to an operation. Tests make one out of plain objects. */
export interface Shell {
  readonly cwd: string;
  readonly env: Env;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  /** Shows progress. */
  readonly emit: Emit;
  /** Says on a terminal what is waited for while nothing is told of it; until something else is written. */
  working(title: string): void;
  /** Hides secrets from everything that is printed: whoever learns one adds it here. */
  readonly redactor: Redactor;
  /** `null` when nobody is there to answer. */
  readonly prompts: Prompts | null;
  /** Text for the person who follows, on stderr; progress is cleared first. */
  say(text: (style: Style) => string): void;
  /** A line of the answer, as it comes: `document` in ndjson, `text` for people. */
  stream(document: object, text: (style: Style) => string): void;
  /** A new state of the answer that is being watched. */
  update(document: unknown, text: (style: Style) => string): void;
  /** What is watched, as it reads now, drawn in place with a line `below`. Returns whether it was: only a terminal that can shows it. */
  redraw(text: (style: Style) => string, below: (style: Style) => string): boolean;
  /** Gives terminal and signals to a process of the environment: clears progress, stops listening for Ctrl-C. */
  handOver(): void;
  /** The end of {@link Shell.handOver}: there is progress again, and Ctrl-C is ours. */
  takeBack(): void;
  /** The bare streams, for a process in the environment: its bytes pass unchanged. */
  readonly streams: TerminalStreams;
  providers(): ProviderRegistry;
  /** Loads a module by its absolute file name, CommonJS or ESM. */
  importModule(file: string): Promise<unknown>;
  /** Starts, or finds running, the local emulator of a provider; returns the variables that lead there. */
  startLocal(source: ProviderSource): Promise<Record<string, string>>;
  now(): number;
  /** Waits; rejects when interrupted. */
  sleep(ms: number): Promise<void>;
}

export interface TerminalStreams {
  stdin: NodeJS.ReadStream;
  stdout: NodeJS.WriteStream;
  stderr: NodeJS.WriteStream;
}

/** What a command gives back. */
export type Answer =
  | {
      document: unknown;
      text(style: Style): string;
      /** Default 0. */
      exitCode?: number;
      /** What is wrong in the config, for whoever shows it at its place. */
      problems?: readonly ConfigProblem[];
      /** The text is the content of a file: nothing in it is changed, unless a terminal shows it. */
      verbatim?: boolean;
    }
  /** Everything was written as it came; nothing is added. */
  | { streamed: true; exitCode: number };
