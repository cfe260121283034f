import { readFileSync } from 'node:fs';
import path from 'node:path';

/** One command of a real flyctl, and its requests in order, as they were recorded in front of another server. */
export interface RecordedRun {
  command: string;
  /** 124: it was ended after two minutes. */
  exit: number;
  steps: RecordedStep[];
}

export interface RecordedStep {
  /** `METHOD /path?query`; absent in GraphQL. */
  call?: string;
  body?: unknown;
  /** It carried the nonce of the machine's lease. */
  leased?: true;
  /** Of GraphQL: the document, by its place in `documents.json`. */
  document?: number;
  variables?: Record<string, unknown>;
  /** When it is not 200. */
  status?: number;
  /** The least of the answer with which the command has printed the same and gone on with the same requests. */
  read?: unknown;
}

const lines = (name: string): string => readFileSync(path.join(__dirname, name), 'utf8').trim();

export const RECORDED_RUNS = lines('runs.jsonl')
  .split('\n')
  .map((line) => JSON.parse(line) as RecordedRun);

export const DOCUMENTS = JSON.parse(lines('documents.json')) as string[];
