import type { TokenRecord } from '../records.js';
import { time } from '../rest/views.js';

/** Of a token that never expires: the member must not be null. */
const NEVER = '9999-12-31T23:59:59.000Z';

/** A minted token in a list. Its text is told once, to whoever has made it (whether Fly repeats it is unsure). */
export function tokenObject(token: TokenRecord) {
  return {
    id: token.id,
    name: token.name ?? '',
    profile:
      token.kind === 'deploy' ? 'deploy' : token.kind === 'readonly' ? 'readonly_organization' : 'deploy_organization',
    token: '',
    tokenHeader: null,
    expiresAt: token.expiresAt === null ? NEVER : time(token.expiresAt),
    revokedAt: token.revokedAt === undefined ? null : time(token.revokedAt),
    user: userObject(token.createdBy ?? token.user),
  };
}

/** Whom the emulator knows by this address: the maker of a token. */
export function userObject(email: string) {
  return { __typename: 'User', id: email.split('@')[0] ?? email, email, name: null, enablePaidHobby: false };
}
