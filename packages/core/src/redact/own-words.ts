import { OWN_WORDS } from './__generated__/own-words.js';

const words: ReadonlySet<string> = new Set(OWN_WORDS);

/** Whether `word` is a key or an enum word of the documents that the command line prints. */
export function isOwnWord(word: string): boolean {
  return words.has(word);
}

/** Keys whose values name things and states in the platform's words. */
export const IDENTIFIER_KEYS: ReadonlySet<string> = new Set([
  'action',
  'after',
  'before',
  'change',
  'dependsOn',
  'environment',
  'level',
  'operation',
  'phase',
  'platformState',
  'provider',
  'state',
  'status',
  'type',
]);
