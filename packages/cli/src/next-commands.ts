import type { Provider } from '@sindri/core';
import { placeWords } from './commands-in-text.js';

/** Spells another command for the environment that this command line was about. */
export type NextCommand = (words: string) => string;

export const plainCommand: NextCommand = (words) => `sindri ${words}`;

/** `sindri connect`, with the options that lead to the same environment as this command line did. */
export function nextCommand(words: string, flags: { config?: string; local: boolean }): string {
  return `sindri ${words}${placeWords(flags)}`;
}

/** How to get into the environment: `undefined` where the provider has no sessions. */
export function connectCommand({ capabilities }: Provider, next: NextCommand): string | undefined {
  return capabilities.includes('session') ? next('connect') : undefined;
}
