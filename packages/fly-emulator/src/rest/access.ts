import { ApiError, notFound } from '../api-error.js';
import { ensureOrg } from '../platform/apps.js';
import type { Platform } from '../platform/platform.js';
import type { AppRecord, TokenRecord } from '../records.js';

/** The live tokens of a request. Throws 401 in the words of the part of Fly that is asked. */
export function signIn(platform: Platform, authorization: string | undefined, facade: boolean): TokenRecord[] {
  const tokens = platform.tokens.authenticate(authorization);
  if (tokens.length > 0) return tokens;
  throw new ApiError(401, facade ? 'Unauthorized' : 'Authenticate: token validation error');
}

/** The app of this name. Throws 404 when there is none, 403 when the tokens do not reach it. */
export function requireApp(platform: Platform, tokens: TokenRecord[], name: string, writes: boolean): AppRecord {
  const app = platform.store.app(name);
  if (!app) throw notFound(`Could not find App "${name}"`);
  if (!tokens.some((token) => reachesApp(token, app, writes))) throw forbidden();
  return app;
}

/** Throws 404 for an organisation that does not exist, unless whoever makes an app there makes it; 403 when the tokens do not reach it as a whole. */
export function requireOrg(platform: Platform, tokens: TokenRecord[], slug: string, writes: boolean): void {
  if (tokens.some((token) => reachesOrg(token, slug, writes))) return;
  const known = platform.store.state.orgs.some((org) => org.slug === slug);
  const personal = tokens.filter((token) => token.kind === 'personal');
  if (known || personal.length === 0) throw forbidden();
  const mayBeMade = platform.settings.unknownOrganizations === 'made' && /^[a-z0-9][a-z0-9-]*$/.test(slug);
  if (!mayBeMade) throw notFound(`Could not find Organization "${slug}"`);
  if (!writes) return;
  ensureOrg(platform.store, slug);
  for (const token of personal) {
    token.orgs.push(slug);
    platform.store.changed({ token });
  }
}

/** Whether the token reaches an organisation as a whole. */
export function reachesOrg(token: TokenRecord, org: string, writes: boolean): boolean {
  if (token.app !== null || !token.orgs.includes(org)) return false;
  return !writes || token.kind !== 'readonly';
}

export function reachesApp(token: TokenRecord, app: AppRecord, writes: boolean): boolean {
  return token.app !== null ? token.app === app.name : reachesOrg(token, app.org, writes);
}

/** As one recording has it, also for the app list and app create (likely). */
const forbidden = (): ApiError => new ApiError(403, 'unauthorized');
