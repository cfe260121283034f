import { isSecretName, secretValues, type SecretBundle, type SecretSpec } from '@sindri/core';

const NAME = 'SINDRI_CONFORMANCE_SECRET';
/** Unlike anything else that a provider could say. The second one is what it is changed to. */
const VALUES = [
  { value: 'canary/5b1f0c7e+tweety=\nsecond line of the canary', fingerprint: '7d0f6a2c' },
  { value: 'canary/9e22d4a1+woodstock=\nanother second line', fingerprint: 'c41e77b9' },
] as const;

/** The secret that every judged environment has. */
export const CANARY_SECRET: SecretSpec = { name: NAME, source: 'env', required: true, settings: {} };

/** The first value of the secret, or the one that it is changed to. */
export function canarySecrets(which: 'first' | 'changed' = 'first'): SecretBundle {
  const { value, fingerprint } = VALUES[which === 'first' ? 0 : 1];
  return {
    entries: [{ name: NAME, origin: 'environment', fingerprint }],
    reveal(name) {
      if (name === NAME) return value;
      throw new Error(`there is no secret called "${name}"`);
    },
  };
}

/** One that no config names, set apart from a deploy. */
export const APART_SECRET = 'SINDRI_CONFORMANCE_APART';
const APART_VALUE = 'canary/41d7aa90#duck=\nsecond line, with a # in it';

export function apartSecret(): SecretBundle {
  return {
    entries: [{ name: APART_SECRET, origin: 'given', fingerprint: '0c2b77e1' }],
    reveal(name) {
      if (name === APART_SECRET) return APART_VALUE;
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

type Env = Readonly<Record<string, string | undefined>>;

/** The values of the credentials among the rig's variables: by their names, or because the subject says so. */
export function credentialValues(env: Env, named: readonly string[] = []): string[] {
  const values = [...secretValues(env), ...named.map((name) => env[name])];
  return [...new Set(values)].filter((value) => value !== undefined && value.length >= 4) as string[];
}

/** Every line of every value of the canary. */
export function canaryValues(): string[] {
  return [...VALUES.map(({ value }) => value), APART_VALUE].flatMap((value) => value.split('\n'));
}

/** The rig's variables as somebody has them who is not signed in. */
export function withoutCredentials(env: Env, named: readonly string[] = []): Env {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !isSecretName(name) && !named.includes(name)));
}
