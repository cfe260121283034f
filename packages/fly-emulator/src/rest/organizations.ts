import { notFound } from '../api-error.js';
import type { JsonObject } from '../json.js';
import { organizationId } from '../platform/organization-id.js';
import type { OrgRecord } from '../records.js';
import { json } from './http.js';
import type { Call, Route } from './route.js';

/** Organisations in the newer JSON API beside the Machines API, which flyctl calls ui-ex. */
export const ORGANIZATION_ROUTES: readonly Route[] = [
  {
    method: 'GET',
    path: '/api/v1/organizations',
    operation: 'Organizations_list',
    scope: 'signed-in',
    writes: false,
    handle: (call) => json({ organizations: inReach(call).map((org) => view(call, org)) }),
  },
  {
    method: 'GET',
    path: '/api/v1/organizations/{org}',
    operation: 'Organizations_show',
    scope: 'signed-in',
    writes: false,
    handle(call) {
      const org = inReach(call).find(({ slug }) => slug === call.params.org);
      if (!org) throw notFound('Not Found');
      return json({ organization: view(call, org) });
    },
  },
];

/** A token of one app sees the organisation of that app: flyctl needs it to deploy. */
function inReach({ platform, tokens }: Call): OrgRecord[] {
  return platform.store.state.orgs.filter(({ slug }) => tokens.some((token) => token.orgs.includes(slug)));
}

/** Nothing costs anything here: every one counts as one that pays. */
function view({ platform }: Call, org: OrgRecord): JsonObject {
  return {
    id: organizationId(platform.store, org),
    internal_numeric_id: org.numericId,
    slug: org.slug,
    raw_slug: org.slug,
    name: org.name,
    personal: org.slug === 'personal',
    paid_plan: true,
    billable: true,
    billing_status: 'CURRENT',
    provisions_beta_extensions: false,
    remote_builder_image: '',
  };
}
