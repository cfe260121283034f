import { badRequest } from '../api-error.js';
import { parseGoDuration } from '../go-duration.js';
import { json, requiredBody } from './http.js';
import type { Route } from './route.js';

const DEFAULT_EXPIRY = '175200h0m0s';

export const TOKEN_ROUTES: readonly Route[] = [
  {
    method: 'POST',
    path: '/v1/apps/{app}/deploy_token',
    operation: 'App_create_deploy_token',
    scope: 'app',
    writes: true,
    handle({ platform, request, app }) {
      // Without a body the answer is 400 "EOF".
      const body = requiredBody(request);
      const expiryMs = parseGoDuration(body.expiry ?? DEFAULT_EXPIRY);
      if (expiryMs === null || expiryMs <= 0) throw badRequest('invalid_argument: invalid expiry');
      const token = platform.tokens.create({
        kind: 'deploy',
        app: app.name,
        expiresAt: platform.clock.now() + expiryMs,
      });
      // A permission token and its discharge, as Fly hands them out; only the first means anything here.
      return json({ token: `FlyV1 ${token},fm2_${platform.ids.hex(32)}` });
    },
  },
  {
    method: 'GET',
    path: '/v1/tokens/current',
    operation: 'CurrentToken_show',
    scope: 'signed-in',
    writes: false,
    rate: 'none',
    handle: ({ platform, tokens }) =>
      json({
        // A macaroon is for one organization; a personal token of several is told once for each (unsure).
        tokens: tokens.flatMap((token) =>
          (token.orgs.length === 0 ? ['personal'] : token.orgs).map((slug) => ({
            token_id: token.id,
            organization: platform.store.state.orgs.find((candidate) => candidate.slug === slug)?.name ?? slug,
            org_slug: slug,
            apps: token.app === null ? [] : [token.app],
            user: token.user,
            restricted_to_machine: '',
            source_machine_id: '',
          })),
        ),
      }),
  },
];
