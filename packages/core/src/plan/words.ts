import type { Change, ChangeAction, ChangeImpact } from '../model/plan.js';
import { coreError } from '../model/core-error.js';

const ACTIONS: readonly ChangeAction[] = ['create', 'update', 'replace', 'delete', 'adopt', 'start', 'stop', 'prepare'];
const IMPACTS: readonly ChangeImpact[] = ['in-place', 'restart', 'replace', 'data-loss', 'paid'];

/** Throws `PROVIDER_BROKEN` for an action or an impact that core would not know how to show, or to ask consent for. */
export function requireKnownWords(changes: readonly Change[], provider: string): void {
  for (const { id, action, impact } of changes) {
    const unknown = [
      ...([action] as string[]).filter((word) => !(ACTIONS as readonly string[]).includes(word)),
      ...(impact as string[]).filter((word) => !(IMPACTS as readonly string[]).includes(word)),
    ];
    if (unknown.length === 0) continue;
    throw coreError({
      code: 'PROVIDER_BROKEN',
      kind: 'internal',
      message: `The provider "${provider}" planned "${id}" with ${unknown.map((word) => JSON.stringify(word)).join(', ')}, which this version of the contract does not know.`,
      hint: 'This is a bug in the provider; nothing was changed. Please tell its authors.',
      details: { provider, changes: [id], actions: [...ACTIONS], impacts: [...IMPACTS] },
    });
  }
}
