import { authorizedKeysVariable } from '@sindri/image-contract';

/**
 * The secrets that a deploy sets: those of the config, and AUTHORIZED_KEYS in any case, because nobody could log in without.
 * Sorted.
 */
export function ownSecretNames(configured: readonly string[]): string[] {
  return [...new Set([...configured, authorizedKeysVariable])].sort();
}
