import { json } from './http.js';
import type { Route } from './route.js';

/** Certificates and keys that apps have: none can be made here (see `not-served.ts`), so the lists are empty, and true. */
export const CERTIFICATE_ROUTES: readonly Route[] = [
  {
    method: 'GET',
    path: '/v1/apps/{app}/certificates',
    operation: 'App_Certificates_list',
    scope: 'app',
    writes: false,
    handle: () => json({ certificates: [], next_cursor: '', total_count: 0 }),
  },
  {
    method: 'GET',
    path: '/v1/apps/{app}/secretkeys',
    operation: 'Secretkeys_list',
    scope: 'app',
    writes: false,
    handle: () => json({ secret_keys: [] }),
  },
];
