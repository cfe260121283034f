import { createGraphqlExecutor, mayChange } from '../graphql/executor.js';
import { json, requiredBody } from './http.js';
import type { Route } from './route.js';

const execute = createGraphqlExecutor();

export const GRAPHQL_ROUTES: readonly Route[] = [
  {
    method: 'POST',
    path: '/graphql',
    operation: 'GraphQL',
    scope: 'signed-in',
    writes: true,
    writesWhen: ({ body }) => mayChange(body),
    rate: 'none',
    // A failure is 200, too: what went wrong is in `errors`.
    handle: async ({ platform, request, tokens }) => json(await execute({ platform, tokens }, requiredBody(request))),
  },
];
