import type { SecretBundle, SecretSpec } from '@sindri/core';

const NAME = 'SINDRI_CONFORMANCE_SECRET';
/** Unlike anything else that a provider could say. */
const VALUE = 'canary/5b1f0c7e+tweety=\nsecond line of the canary';

/** The secret that every judged environment has. */
export const CANARY_SECRET: SecretSpec = { name: NAME, source: 'env', required: true, settings: {} };

export function canarySecrets(): SecretBundle {
  return {
    entries: [{ name: NAME, origin: 'environment', fingerprint: '7d0f6a2c' }],
    reveal(name) {
      if (name === NAME) return VALUE;
      throw new Error(`there is no secret called "${name}"`);
    },
  };
}

/** A destroy gets this one: whoever takes an environment down may have lost its secrets. */
export function noSecrets(): SecretBundle {
  return {
    entries: [],
    reveal(name) {
      throw new Error(`there is no secret called "${name}"`);
    },
  };
}

const CREDENTIAL = /TOKEN|SECRET|PASSWORD|_KEY$/i;

/** Every text that must not come out: each line of the canary, and the credentials in the rig's variables. */
export function secretValues(env: Readonly<Record<string, string | undefined>>): string[] {
  const credentials = Object.entries(env).map(([name, value]) => (CREDENTIAL.test(name) ? value : undefined));
  return [...VALUE.split('\n'), ...credentials].filter((value) => value !== undefined && value.length >= 4) as string[];
}

export function withoutCredentials(
  env: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !CREDENTIAL.test(name)));
}
