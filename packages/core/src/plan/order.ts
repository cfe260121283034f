import type { SindriError } from '../model/errors.js';
import type { Change } from '../model/plan.js';
import { coreError } from '../model/core-error.js';

/**
 * `changes` with every change after those it depends on; among equals by id, so that equal sets give equal lists. Throws
 * `PROVIDER_BROKEN`, naming `provider`, on a duplicate id, an unknown dependency or a cycle.
 */
export function orderChanges(changes: readonly Change[], provider: string): Change[] {
  const byId = new Map<string, Change>();
  for (const change of changes) {
    if (byId.has(change.id)) throw broken(provider, `planned two changes with the id "${change.id}"`, [change.id]);
    byId.set(change.id, change);
  }
  const open = new Map<string, Set<string>>();
  for (const { id, dependsOn } of changes) {
    for (const needed of dependsOn) {
      if (!byId.has(needed))
        throw broken(provider, `planned "${id}" after "${needed}", which is not in the plan`, [id, needed]);
    }
    open.set(id, new Set(dependsOn));
  }

  const ordered: Change[] = [];
  while (open.size > 0) {
    // The smallest ready id first; plans have tens of changes, so looking through all of them is cheap enough.
    const ready = [...open].filter(([, needs]) => needs.size === 0).map(([id]) => id);
    const next = ready.sort(compare)[0];
    if (next === undefined) {
      const cycle = findCycle(open);
      throw broken(provider, `planned changes that wait for each other: ${cycle.join(' → ')}`, cycle);
    }
    open.delete(next);
    for (const needs of open.values()) needs.delete(next);
    ordered.push(byId.get(next) as Change);
  }
  return ordered;
}

function findCycle(open: Map<string, Set<string>>): string[] {
  const path: string[] = [];
  let current = [...open.keys()].sort(compare)[0] as string;
  while (!path.includes(current)) {
    path.push(current);
    current = [...(open.get(current) as Set<string>)].sort(compare)[0] as string;
  }
  return [...path.slice(path.indexOf(current)), current];
}

/** By code unit, not by locale: the order must not depend on the machine. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function broken(provider: string, what: string, changes: string[]): SindriError {
  return coreError({
    code: 'PROVIDER_BROKEN',
    kind: 'internal',
    message: `The provider "${provider}" ${what}.`,
    hint: 'This is a bug in the provider; nothing was changed. Please tell its authors.',
    details: { provider, changes },
  });
}
