import type { CredentialFacts, CredentialLock, CredentialReach, SignInProblem } from '@sindri/core';
import { FlyApiError } from '../../api/errors.js';
import type { Send } from '../../api/send.js';
import type { FoundToken } from '../sources.js';

interface WireToken {
  org_slug?: string | null;
  user?: unknown;
  apps?: unknown;
}

/** What Fly says of a token, and what could not be found out. Rejects with `FLY_TOKEN_REFUSED`, and when Fly cannot be asked. */
export async function describeToken(
  { token }: FoundToken,
  send: Send,
): Promise<{ facts: CredentialFacts; problems: SignInProblem[] }> {
  const isPersonal = token.macaroons.length === 0;
  const kind = isPersonal ? 'personal token' : 'macaroon';
  const facts: CredentialFacts = { kind, accepted: null, user: null, reaches: null, expiresAt: null };
  try {
    // Some hosts answer a kind of token that they do not know with a 500.
    const request = { params: {}, finalStatuses: [500, 501] };
    const answer = await send<{ tokens?: WireToken[] | null } | undefined>('currentToken', request);
    const tokens = answer?.tokens ?? [];
    return { facts: { ...facts, accepted: true, user: userOf(tokens), reaches: reachesOf(tokens) }, problems: [] };
  } catch (error) {
    if (!(error instanceof FlyApiError) || !mayBeUnknownCall(error, isPersonal)) throw error;
    return { facts: { ...facts, accepted: await isAccepted(send, isPersonal) }, problems: [untold()] };
  }
}

/** What a lock promised and the token does not keep, as a sentence; `null` when all is well, or nothing is known. */
export function brokenLock({ reaches }: CredentialFacts, lock: CredentialLock): string | null {
  const { organization, app } = lock;
  const wanted = [
    organization === undefined ? null : `organization ${organization}`,
    app === undefined ? null : `app ${app}`,
  ]
    .filter((part) => part !== null)
    .join(', ');
  if (reaches === null) return `Fly.io does not say whether the token is locked to ${wanted}.`;
  const isWider = reaches.some(
    (reach) =>
      (organization !== undefined && reach.organization !== organization) ||
      (app !== undefined && (reach.apps === null || reach.apps.some((name) => name !== app))),
  );
  return isWider ? `The token reaches more than ${wanted}: Fly.io has not locked it as was asked.` : null;
}

/** A personal token may be refused by this call alone. */
function mayBeUnknownCall({ status, code }: FlyApiError, isPersonal: boolean): boolean {
  if (code === 'FLY_TOKEN_REFUSED') return isPersonal;
  return status === 403 || status === 404 || status === 500 || status === 501;
}

async function isAccepted(send: Send, isPersonal: boolean): Promise<boolean | null> {
  if (!isPersonal) return null;
  await send('listApps', { params: { organization: 'personal' }, query: { org_slug: 'personal' } });
  return true;
}

function untold(): SignInProblem {
  return { code: 'FLY_ENDPOINT_MISSING', message: 'Fly.io does not say whose token this is, nor what it may do.' };
}

function userOf(tokens: readonly WireToken[]): string | null {
  const users = new Set(tokens.flatMap(({ user }) => (typeof user === 'string' && user !== '' ? [user] : [])));
  return users.size === 0 ? null : [...users].join(', ');
}

function reachesOf(tokens: readonly WireToken[]): CredentialReach[] | null {
  const reaches = new Map<string, string[] | null>();
  for (const { org_slug: organization, apps } of tokens) {
    if (!organization) continue;
    const named = Array.isArray(apps) ? apps.filter((app) => typeof app === 'string' && app !== '') : [];
    const before = reaches.get(organization);
    const all = named.length === 0 || before === null;
    reaches.set(organization, all ? null : [...new Set([...(before ?? []), ...(named as string[])])].sort());
  }
  if (reaches.size === 0) return null;
  return [...reaches].map(([organization, apps]) => ({ organization, apps }));
}
