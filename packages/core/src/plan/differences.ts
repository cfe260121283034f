import type { JsonValue } from '../model/json.js';
import type { FieldDifference } from '../model/plan.js';
import { canonicalJson } from './fingerprint.js';

/**
 * What differs between what a thing was made from and what is wanted: a field each, in the order of `wanted`. Of the fields in `namesOnly`
 * (secrets, by fingerprint) people see only which names there are.
 */
export function differencesBetween<Settings extends object>(
  there: Partial<Settings>,
  wanted: Settings,
  namesOnly: readonly (keyof Settings)[] = [],
): FieldDifference[] {
  const shown = (settings: Partial<Settings>, field: keyof Settings): JsonValue =>
    namesOnly.includes(field) ? Object.keys(settings[field] ?? {}).sort() : ((settings[field] ?? null) as JsonValue);
  return (Object.keys(wanted) as (keyof Settings & string)[])
    .filter((field) => canonicalJson(there[field] ?? null) !== canonicalJson(wanted[field] ?? null))
    .map((field) => ({ field, from: shown(there, field), to: shown(wanted, field) }));
}
