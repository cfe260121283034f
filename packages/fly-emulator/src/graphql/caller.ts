import { notFound, unprocessable } from '../api-error.js';
import { organizationId } from '../platform/organization-id.js';
import type { Platform } from '../platform/platform.js';
import type { AppRecord, OrgRecord, TokenRecord } from '../records.js';
import { reachesApp, reachesOrg } from '../rest/access.js';

/** Who asks, and of what: each resolver's context. */
export interface Caller {
  platform: Platform;
  /** The live tokens of the request; at least one. */
  tokens: TokenRecord[];
}

/** The app of this name. To whom it is out of reach it does not exist: GraphQL, unlike REST, makes no difference. */
export function appOf({ platform, tokens }: Caller, name: string): AppRecord {
  const app = platform.store.app(name);
  if (app && tokens.some((token) => reachesApp(token, app, false))) return app;
  throw notFound(`Could not find App "${name}"`);
}

/** The same for one that is to be changed. */
export function writableAppOf(caller: Caller, name: string): AppRecord {
  const app = appOf(caller, name);
  if (caller.tokens.some((token) => reachesApp(token, app, true))) return app;
  throw unprocessable('Not authorized to change this app');
}

/** Organisations of the tokens, also of those that reach one app in it only. */
export function orgsOf({ platform, tokens }: Caller): OrgRecord[] {
  return platform.store.state.orgs.filter(({ slug }) => tokens.some((token) => token.orgs.includes(slug)));
}

/** Throws 404 when there is none of that kind within reach. Wording unsure. */
export function orgWith(caller: Caller, property: 'id' | 'slug', value: string): OrgRecord {
  const id = (org: OrgRecord): string => organizationId(caller.platform.store, org);
  const found = orgsOf(caller).find((org) => (property === 'slug' ? org.slug : id(org)) === value);
  if (found) return found;
  throw notFound(`Could not find Organization "${value}"`);
}

/** The organisation with this id, where the tokens may change it as a whole. */
export function writableOrgWithId(caller: Caller, id: string): OrgRecord {
  const org = orgWith(caller, 'id', id);
  if (reachesWholeOrg(caller, org, true)) return org;
  throw unprocessable('Not authorized to change this organization');
}

export function reachesWholeOrg({ tokens }: Caller, { slug }: OrgRecord, writes = false): boolean {
  return tokens.some((token) => reachesOrg(token, slug, writes));
}
