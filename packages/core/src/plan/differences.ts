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
    .map((field) => {
      const [from, to] = [shown(there, field), shown(wanted, field)];
      // The names are the same, and a name is all that may be seen.
      const changed = canonicalJson(from) === canonicalJson(to) ? changedNames(there[field], wanted[field]) : [];
      return { field, from, to, ...(changed.length === 0 ? {} : { why: `another value of ${changed.join(', ')}` }) };
    });
}

function changedNames(there: unknown, wanted: unknown): string[] {
  const [before, after] = [there, wanted].map((value) => (value ?? {}) as Record<string, JsonValue>);
  return Object.keys(after ?? {})
    .filter((name) => canonicalJson(before?.[name] ?? null) !== canonicalJson(after?.[name] ?? null))
    .sort();
}
