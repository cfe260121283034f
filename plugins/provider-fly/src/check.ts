import {
  isSindriError,
  type CheckItem,
  type CheckReport,
  type CheckRequest,
  type OperationContext,
} from '@sindri/core';
import { describeToken } from './auth/sign-in/describe-token.js';
import { findToken, type FoundToken } from './auth/sources.js';
import { composeApi, type FlyApi } from './api/client.js';
import type { DispatcherSource } from './api/dispatcher.js';
import { hasCode } from './api/errors.js';
import { baseUrl } from './api/base-url.js';
import type { WireRegion } from './api/types.js';
import { organizationHint, organizationUnknown } from './organization-unknown.js';
import { readEnvironmentDefaults } from './environment-defaults.js';
import { desiredNames, type FlyOptions } from './planner/index.js';

/**
 * What must be there before anything works: a way to the API, a token, its acceptance, the region. Reads only, and goes on
 * after a failure, so that everything is told at once.
 */
export function createCheck(
  dispatchers: DispatcherSource,
): (request: CheckRequest<FlyOptions>, context: OperationContext) => Promise<CheckReport> {
  return async ({ spec }, context) => {
    const names = spec === undefined ? null : desiredNames(spec, readEnvironmentDefaults(context.env));
    const [reach, token] = await Promise.all([checkReachability(dispatchers, context), checkToken(context)]);
    const { found } = token;
    const open = found === null ? null : () => composeApi(context, dispatchers, found);
    const access = await checkAcceptance(open, found, names?.app ?? null, context);
    // An app that is there has its organization.
    const asks = names !== null && access.item.status === 'ok' && !access.appExists && names.organization !== PERSONAL;
    const organization = asks && open !== null ? await checkOrganization(open(), names.organization, context) : [];
    return {
      items: [
        reach.item,
        token.item,
        access.item,
        ...organization,
        ...(names === null ? [] : [checkRegionListed(names.region, reach.regions, access.appExists)]),
      ],
    };
  };
}

async function checkReachability(
  dispatchers: DispatcherSource,
  context: OperationContext,
): Promise<{ item: CheckItem; regions: WireRegion[] | null }> {
  const item = { id: 'reachability', title: 'Machines API reachable' };
  try {
    const origin = baseUrl('machines', context.env).origin;
    const regions = await composeApi(context, dispatchers, null).regions.list();
    return { item: { ...item, status: 'ok', message: `${origin} answers.` }, regions };
  } catch (error) {
    if (!isSindriError(error)) throw error;
    return { item: failed(item, error.message, error.hint), regions: null };
  }
}

async function checkToken(context: OperationContext): Promise<{ item: CheckItem; found: FoundToken | null }> {
  const item = { id: 'token', title: 'Fly.io token' };
  try {
    const found = await findToken(context);
    const kind = found.token.macaroons.length > 0 ? 'a macaroon' : 'a personal token';
    return { item: { ...item, status: 'ok', message: `Found ${kind} in ${found.origin}.` }, found };
  } catch (error) {
    if (!isSindriError(error)) throw error;
    return { item: failed(item, error.message, error.hint), found: null };
  }
}

/**
 * Whether Fly takes the token. Asked by way of the app when there is one to ask for: an app deploy token may see nothing
 * else. Otherwise by the "whose token" call, which older hosts may not have.
 */
async function checkAcceptance(
  open: (() => FlyApi) | null,
  token: FoundToken | null,
  app: string | null,
  context: OperationContext,
): Promise<{ item: CheckItem; appExists: boolean }> {
  const item = { id: 'access', title: 'Token accepted' };
  const told = (result: CheckItem, appExists = false): { item: CheckItem; appExists: boolean } => ({
    item: result,
    appExists,
  });
  if (open === null) return told({ ...item, status: 'skipped', message: 'There is no token to try.' });
  try {
    const api = open();
    if (app === null) {
      const reply = await api.send<{ tokens?: { org_slug?: string }[] } | undefined>('currentToken', { params: {} });
      const organizations = (reply?.tokens ?? []).flatMap(({ org_slug }) => (org_slug ? [org_slug] : []));
      return told({ ...item, status: 'ok', message: `Accepted${list(organizations)}.` });
    }
    const found = await api.apps.get(app);
    const locked = found === null && token !== null ? await appsItIsLockedTo(token, api, context) : null;
    if (locked !== null) {
      return told(
        failed(
          item,
          `It is, but it is locked to ${locked.join(', ')}: it sees no app ${app}, and cannot make one.`,
          'Use a token of the organization: `sindri auth login`, or one that was made for the organization.',
        ),
      );
    }
    const message =
      found === null
        ? `The app name ${app} is free.`
        : `The app ${app} exists in organization ${found.organization?.slug ?? 'unknown'}.`;
    return told({ ...item, status: 'ok', message }, found !== null);
  } catch (error) {
    context.signal.throwIfAborted();
    if (hasCode(error, 'FLY_FORBIDDEN') && app !== null) {
      return told(
        failed(
          item,
          `It is, but the app ${app} belongs to an organization that this token cannot use.`,
          'Choose another `name`, or use a token of that organization.',
        ),
      );
    }
    if (app === null && hasCode(error, 'FLY_NOT_FOUND', 'FLY_ENDPOINT_MISSING', 'FLY_FORBIDDEN')) {
      return told({ ...item, status: 'skipped', message: 'This API cannot tell whose token it is.' });
    }
    if (!isSindriError(error)) throw error;
    return told(failed(item, error.message, error.hint));
  }
}

/** `null` = it may make apps, as far as Fly tells. */
async function appsItIsLockedTo(token: FoundToken, api: FlyApi, context: OperationContext): Promise<string[] | null> {
  try {
    const { reaches } = (await describeToken(token, api.send)).facts;
    if (reaches === null || reaches.some(({ apps }) => apps === null)) return null;
    return reaches.flatMap(({ apps }) => apps ?? []);
  } catch (error) {
    context.signal.throwIfAborted();
    if (!isSindriError(error)) throw error;
    return null;
  }
}

/** The name that everybody's own organization has. */
const PERSONAL = 'personal';

/** Whether a new app could be made there; nothing where that cannot be told, as with a token for one app. */
async function checkOrganization(api: FlyApi, organization: string, context: OperationContext): Promise<CheckItem[]> {
  const item = { id: 'organization', title: `Organization ${organization}` };
  try {
    await api.send<unknown>('listApps', { params: { organization }, query: { org_slug: organization } });
    return [{ ...item, status: 'ok', message: 'The token reaches it.' }];
  } catch (error) {
    context.signal.throwIfAborted();
    if (hasCode(error, 'FLY_NOT_FOUND')) return [failed(item, organizationUnknown(organization), organizationHint)];
    if (!isSindriError(error)) throw error;
    return [];
  }
}

/** Fly's own list decides. Where the app exists already, a region that is not on it stops only what would be made anew. */
function checkRegionListed(region: string, regions: WireRegion[] | null, appExists: boolean): CheckItem {
  const item = { id: 'region', title: `Region ${region}` };
  if (regions === null) return { ...item, status: 'skipped', message: 'The list of regions could not be read.' };
  const listed = regions.find(({ code }) => code === region);
  if (listed !== undefined && listed.deprecated !== true) {
    return { ...item, status: 'ok', message: `${listed.name} is on offer.` };
  }
  const codes = regions.filter(({ deprecated }) => deprecated !== true).map(({ code }) => code);
  const fix = `Set \`providers.fly.region\` to one of ${codes.join(', ')}.`;
  if (!appExists) return failed(item, `Fly offers no region ${region}.`, fix);
  const message = `Fly offers no region ${region}: what exists goes on, and nothing new can be made there.`;
  return { ...item, status: 'warning', message, fix };
}

function failed(item: Pick<CheckItem, 'id' | 'title'>, message: string, fix: string | undefined): CheckItem {
  return { ...item, status: 'failed', message, ...(fix === undefined ? {} : { fix }) };
}

function list(organizations: string[]): string {
  return organizations.length === 0 ? '' : ` for ${[...new Set(organizations)].join(', ')}`;
}
