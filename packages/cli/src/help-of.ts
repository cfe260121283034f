import { commandWords, topicWords } from './command-words.js';

/** The command line that explains what was typed: `sindri emulator start --help`, or `sindri help` where that is no command of ours. */
export function helpOf([first = '', second = '']: readonly string[]): string {
  if (!commandWords.includes(first)) return 'sindri help';
  const words = topicWords.includes(first) && /^[a-z]/.test(second) ? [first, second] : [first];
  return `sindri ${words.join(' ')} --help`;
}
