import { createHash } from 'node:crypto';
import type { EnvironmentSpec, SecretInfo } from '../model/spec.js';
import type { Intent } from '../model/intent.js';
import type { Plan } from '../model/plan.js';
import { withoutExpected } from './expected-cost.js';
import { describeIntent } from './intent.js';

/** JSON with sorted keys and no blanks: equal values give equal text. `undefined` members are left out. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) => {
    if (typeof item !== 'object' || item === null || Array.isArray(item)) return item;
    return Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
  });
}

/** SHA-256 of {@link canonicalJson}, in hex. */
export function fingerprint(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex');
}

/** Everything that decides what a plan wants. */
export type WantedState = Intent & {
  spec: EnvironmentSpec;
  secrets: readonly SecretInfo[];
};

/**
 * Hash of the wanted state. Where a value was written (file, line, directory) does not count; what a secret's value is does,
 * by its fingerprint.
 */
export function hashSpec({ spec, secrets, ...intent }: WantedState): string {
  const { origins: _origins, baseDir: _baseDir, ...wanted } = spec;
  return fingerprint({
    wanted,
    ...describeIntent(intent as Intent),
    secrets: secrets.map(({ name, fingerprint }) => ({ name, fingerprint })),
  });
}

/**
 * The value that `plan.fingerprint` must have: a hash of everything else in the plan that does not depend on who makes it, and when. Notes
 * do, when they speak of the keys of this computer, and change nothing; so does what a month is expected to cost, which is measured.
 */
export function fingerprintPlan(plan: Omit<Plan, 'fingerprint'>): string {
  const { fingerprint: _own, secrets: _secrets, consents: _consents, notes: _notes, cost, ...content } = plan as Plan;
  return fingerprint({ ...content, cost: withoutExpected(cost) });
}
