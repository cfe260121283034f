import { CONFIG_TYPE, digestOf, findImage, MANIFEST_TYPE, REGISTRY_HOST } from '../platform/image-registry.js';
import type { AppRecord } from '../records.js';
import { reachesApp } from './access.js';
import type { ApiResponse } from './http.js';
import type { Call, Route } from './route.js';

/**
 * The app's repository in registry.fly.io, to be read; builders of this emulator push into it. Signs in by HTTP basic authentication, the
 * token as the password.
 */
export const REGISTRY_ROUTES: readonly Route[] = [
  {
    method: 'GET',
    path: '/v2/',
    operation: 'Registry_check',
    scope: 'open',
    writes: false,
    rate: 'none',
    handle: (call) => (tokensOf(call).length === 0 ? signInFirst() : answer('application/json', '{}')),
  },
  ...(['GET', 'HEAD'] as const).flatMap((method): Route[] => [
    {
      method,
      path: '/v2/{app}/manifests/{reference}',
      operation: method === 'GET' ? 'Registry_get_manifest' : 'Registry_head_manifest',
      scope: 'open',
      writes: false,
      rate: 'none',
      handle: (call) =>
        withApp(call, (app) => {
          const image = findImage(app, call.params.reference ?? '');
          return image === null
            ? refuse(404, 'MANIFEST_UNKNOWN', 'manifest unknown')
            : answer(MANIFEST_TYPE, image.manifest);
        }),
    },
    {
      method,
      path: '/v2/{app}/blobs/{digest}',
      operation: method === 'GET' ? 'Registry_get_blob' : 'Registry_head_blob',
      scope: 'open',
      writes: false,
      rate: 'none',
      handle: (call) =>
        withApp(call, (app) => {
          const image = Object.values(app.images ?? {}).find(({ config }) => digestOf(config) === call.params.digest);
          return image === undefined
            ? refuse(404, 'BLOB_UNKNOWN', 'blob unknown to registry')
            : answer(CONFIG_TYPE, image.config);
        }),
    },
  ]),
  {
    method: 'GET',
    path: '/v2/{app}/tags/list',
    operation: 'Registry_list_tags',
    scope: 'open',
    writes: false,
    rate: 'none',
    handle: (call) =>
      withApp(call, (app) =>
        answer('application/json', JSON.stringify({ name: app.name, tags: Object.keys(app.images ?? {}).sort() })),
      ),
  },
];

function withApp(call: Call, use: (app: AppRecord) => ApiResponse): ApiResponse {
  const tokens = tokensOf(call);
  if (tokens.length === 0) return signInFirst();
  const app = call.platform.store.app(call.params.app ?? '');
  // What cannot be seen is not told apart from what is not there (unsure).
  if (app === undefined || !tokens.some((token) => reachesApp(token, app, false))) {
    return refuse(404, 'NAME_UNKNOWN', 'app repository not found');
  }
  return use(app);
}

function tokensOf({ platform, request }: Call) {
  const [scheme = '', encoded = ''] = (request.headers.authorization ?? '').split(' ');
  if (scheme.toLowerCase() !== 'basic') return [];
  const text = Buffer.from(encoded, 'base64').toString();
  return platform.tokens.authenticate(text.slice(text.indexOf(':') + 1));
}

function signInFirst(): ApiResponse {
  const refusal = refuse(401, 'UNAUTHORIZED', 'authentication required');
  return { ...refusal, headers: { ...refusal.headers, 'www-authenticate': `Basic realm="${REGISTRY_HOST}"` } };
}

function answer(type: string, text: string): ApiResponse {
  return { status: 200, text, headers: { 'content-type': type, 'docker-content-digest': digestOf(text) } };
}

function refuse(status: number, code: string, message: string): ApiResponse {
  return {
    status,
    text: JSON.stringify({ errors: [{ code, message }] }),
    headers: { 'content-type': 'application/json' },
  };
}
