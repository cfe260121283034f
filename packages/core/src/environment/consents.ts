import type { ConsentReason, Plan } from '../model/plan.js';
import type { ConfigProblem } from '../model/problem.js';
import type { SecretInfo } from '../model/spec.js';
import { fingerprint } from '../plan/fingerprint.js';
import { createFileStore } from '../state/file-store.js';
import { coreError } from '../model/core-error.js';

/**
 * Somebody else may have written the `sindri.yaml` that is deployed here. What it names as a secret of the shell or of a file
 * beside it is its declared business and stands in the plan; a file from elsewhere on this computer, and a variable that is named
 * like a secret and filled into an ordinary field, are asked about, once per project and thing.
 */
export function consentReasons(
  project: string,
  secrets: readonly SecretInfo[],
  warnings: readonly ConfigProblem[],
): ConsentReason[] {
  const keyOf = (...parts: string[]): string => fingerprint([project, ...parts]).slice(0, 32);
  return [
    ...secrets.flatMap(({ name, outside }): ConsentReason[] =>
      outside === undefined
        ? []
        : [
            {
              code: 'outside-project',
              message: `${name} is read from ${outside}, which is outside of the project.`,
              key: keyOf('secret', name, outside),
            },
          ],
    ),
    ...warnings
      .filter(({ code }) => code === 'CONFIG_VARIABLE_SECRET')
      .map(({ path, message }): ConsentReason => ({
        code: 'secret-variable',
        message: `${path}: ${message}`,
        key: keyOf('variable', path, message),
      })),
  ];
}

/** Where it is remembered what this user has agreed to. */
export interface ConsentMemory {
  /** Those of `reasons` that nobody has agreed to here. */
  missing(reasons: readonly ConsentReason[]): Promise<ConsentReason[]>;
  remember(reasons: readonly ConsentReason[]): Promise<void>;
}

const ENTRY = 'consents.json';

/** A memory in the state directory. What cannot be read counts as not given, and what cannot be written is asked again. */
export function createConsentMemory(stateDir: string): ConsentMemory {
  const store = createFileStore(stateDir);
  const known = async (): Promise<string[]> => {
    const value = await store.readJson(ENTRY).catch(() => null);
    return Array.isArray(value) ? value.filter((key) => typeof key === 'string') : [];
  };
  return {
    async missing(reasons) {
      if (reasons.length === 0) return [];
      const given = new Set(await known());
      return reasons.filter(({ key }) => !given.has(key));
    },
    async remember(reasons) {
      if (reasons.length === 0) return;
      const keys = new Set([...(await known()), ...reasons.map(({ key }) => key)]);
      await store.writeJson(ENTRY, [...keys]).catch(() => undefined);
    },
  };
}

/** Throws `CONSENT_REQUIRED` for a plan that needs what was not given. */
export function requireConsent({ consents = [] }: Plan): void {
  if (consents.length === 0) return;
  throw coreError({
    code: 'CONSENT_REQUIRED',
    kind: 'usage',
    message: `This config sends something of yours elsewhere: ${consents.map(({ message }) => message).join(' ')}`,
    hint: 'If that is what you want, run it again with --yes. It is asked once.',
    details: { consents: consents.map((reason) => ({ ...reason })) },
  });
}
