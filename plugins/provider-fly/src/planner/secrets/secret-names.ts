/** The app secret from which the image takes the public keys it admits. */
export const authorizedKeysName = 'AUTHORIZED_KEYS';

/**
 * The secrets that a deploy sets: those of the config, and AUTHORIZED_KEYS in any case, because nobody could log in without.
 * Sorted.
 */
export function ownSecretNames(configured: readonly { name: string }[]): string[] {
  return [...new Set([...configured.map(({ name }) => name), authorizedKeysName])].sort();
}
