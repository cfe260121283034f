import { APP_ROUTES } from './apps.js';
import { BUILD_ROUTES } from './builds.js';
import { CERTIFICATE_ROUTES } from './certificates.js';
import { GRAPHQL_ROUTES } from './graphql.js';
import { IP_ROUTES } from './ip-assignments.js';
import { LOG_ROUTES } from './logs.js';
import { MACHINE_ACTION_ROUTES } from './machine-actions.js';
import { MACHINE_DETAIL_ROUTES } from './machine-details.js';
import { LEASE_ROUTES } from './machine-leases.js';
import { MACHINE_ROUTES } from './machines.js';
import { ORGANIZATION_ROUTES } from './organizations.js';
import { ORG_ROUTES } from './orgs.js';
import { PLATFORM_ROUTES } from './platform-info.js';
import { REGISTRY_ROUTES } from './registry.js';
import { RELEASE_ROUTES } from './releases.js';
import type { Route } from './route.js';
import { SECRET_ROUTES } from './secrets.js';
import { SIGN_IN_PAGE_ROUTES } from './sign-in-page.js';
import { SIGN_IN_ROUTES } from './sign-ins.js';
import { TOKEN_ROUTES } from './tokens.js';
import { VOLUME_ROUTES } from './volumes.js';

/** Every endpoint of Fly that the emulator serves. What is not in here is answered with 404. */
export const ROUTES: readonly Route[] = [
  ...APP_ROUTES,
  ...IP_ROUTES,
  ...SECRET_ROUTES,
  ...VOLUME_ROUTES,
  ...MACHINE_ROUTES,
  ...MACHINE_ACTION_ROUTES,
  ...MACHINE_DETAIL_ROUTES,
  ...LEASE_ROUTES,
  ...ORG_ROUTES,
  ...PLATFORM_ROUTES,
  ...TOKEN_ROUTES,
  ...SIGN_IN_ROUTES,
  ...SIGN_IN_PAGE_ROUTES,
  ...LOG_ROUTES,
  ...CERTIFICATE_ROUTES,
  ...ORGANIZATION_ROUTES,
  ...BUILD_ROUTES,
  ...REGISTRY_ROUTES,
  ...RELEASE_ROUTES,
  ...GRAPHQL_ROUTES,
];
