import type { OwnToken, PlanNote } from '@sindri/core';
import { metadataKeys, tokenSecret } from '../../model.js';
import { listAnd } from '../words.js';

const MS_PER_DAY = 24 * 60 * 60 * 1_000;
/** How long before its end a token is spoken of. */
const SOON_DAYS = 14;

/** What everybody is told who restarts, starts or deploys while secrets wait. */
export function stagedNote(names: readonly string[]): PlanNote {
  const [are, they] = names.length === 1 ? ['is', 'it'] : ['are', 'they'];
  return {
    level: 'warning',
    code: 'FLY_SECRETS_STAGED',
    message: `${listAnd(names)} ${are} staged: a restart does not make ${they === 'it' ? 'it' : 'them'} live, \`sindri secrets deploy\` does.`,
  };
}

/** The token which was minted for a machine; `null` when there is none. */
export function ownToken(metadata: Readonly<Record<string, string>>, nowMs: number): OwnToken | null {
  const end = Date.parse(metadata[metadataKeys.tokenExpires] ?? '');
  if (Number.isNaN(end) || Number.isNaN(nowMs)) return null;
  const endsAt = new Date(end).toISOString();
  return { secret: tokenSecret, endsAt, endsSoon: end - nowMs <= SOON_DAYS * MS_PER_DAY };
}

/** Until when that token works, for whoever looks at a plan before it ends soon. */
export function lastingTokenNote(metadata: Readonly<Record<string, string>>, nowMs: number): PlanNote[] {
  const token = ownToken(metadata, nowMs);
  if (token === null || token.endsSoon) return [];
  const message = `The ${tokenSecret} of the machine works until ${token.endsAt.slice(0, 10)}.`;
  return [{ level: 'info', code: 'FLY_TOKEN_LASTS', message }];
}

/** That the token which was minted for the machine ends soon, or has ended. */
export function tokenNote(metadata: Readonly<Record<string, string>>, nowMs: number): PlanNote[] {
  const token = ownToken(metadata, nowMs);
  if (token === null || !token.endsSoon) return [];
  const when = Date.parse(token.endsAt) <= nowMs ? 'has ended' : `ends on ${token.endsAt.slice(0, 10)}`;
  const message = `The ${tokenSecret} of the machine ${when}. Renew it: sindri secrets protect`;
  return [{ level: 'warning', code: 'FLY_TOKEN_ENDS', message }];
}
