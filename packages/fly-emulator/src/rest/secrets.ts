import { createHash } from 'node:crypto';
import { badRequest, notFound } from '../api-error.js';
import { isJsonObject, type JsonValue } from '../json.js';
import { checkSecretName } from '../platform/apps.js';
import type { Platform } from '../platform/platform.js';
import type { AppRecord, SecretRecord } from '../records.js';
import { json, requiredBody } from './http.js';
import type { Route } from './route.js';
import { secretView } from './views.js';

/** Values are write-only: `show_secrets` changes nothing for any token of the emulator (unsure). */
export const SECRET_ROUTES: readonly Route[] = [
  {
    method: 'GET',
    path: '/v1/apps/{app}/secrets',
    operation: 'Secrets_list',
    scope: 'app',
    writes: false,
    handle: ({ app }) => json({ secrets: listed(app) }),
  },
  {
    method: 'POST',
    path: '/v1/apps/{app}/secrets',
    operation: 'Secrets_update',
    scope: 'app',
    writes: true,
    handle({ platform, request, app }) {
      const { values } = requiredBody(request);
      if (!isJsonObject(values)) throw badRequest('invalid_argument: values is required');
      for (const [name, value] of Object.entries(values)) {
        checkSecretName(name);
        if (value !== null && typeof value !== 'string') {
          throw badRequest(
            'json: cannot unmarshal value into Go struct field AppSecretsUpdateRequest.values of type string',
          );
        }
      }
      for (const [name, value] of Object.entries(values)) {
        if (typeof value === 'string') writeSecret(platform, app, name, value);
        else delete app.secrets[name];
      }
      const version = nextVersion(platform, app);
      return json({ secrets: listed(app), version, Version: version });
    },
  },
  {
    method: 'GET',
    path: '/v1/apps/{app}/secrets/{name}',
    operation: 'Secret_get',
    scope: 'app',
    writes: false,
    handle({ app, params }) {
      const name = params.name ?? '';
      const secret = Object.hasOwn(app.secrets, name) ? app.secrets[name] : undefined;
      if (!secret) throw notFound(`not_found: secret ${name} not found`);
      return json(secretView(name, secret));
    },
  },
  {
    method: 'POST',
    path: '/v1/apps/{app}/secrets/{name}',
    operation: 'Secret_create',
    scope: 'app',
    writes: true,
    handle({ platform, request, app, params }) {
      const { value } = requiredBody(request);
      if (typeof value !== 'string') throw badRequest('invalid_argument: value is required');
      const name = params.name ?? '';
      checkSecretName(name);
      const secret = writeSecret(platform, app, name, value);
      const version = nextVersion(platform, app);
      return json({ ...secretView(name, secret), version, Version: version }, 201);
    },
  },
  {
    method: 'DELETE',
    path: '/v1/apps/{app}/secrets/{name}',
    operation: 'Secret_delete',
    scope: 'app',
    writes: true,
    handle({ platform, app, params }) {
      // Removing a name that is not there is not an error.
      delete app.secrets[params.name ?? ''];
      const version = nextVersion(platform, app);
      return json({ version, Version: version });
    },
  },
];

function writeSecret(platform: Platform, app: AppRecord, name: string, value: string): SecretRecord {
  const now = platform.clock.now();
  const digest = createHash('sha256').update(`${app.id} ${name} ${value}`).digest('hex').slice(0, 16);
  const secret = { value, digest, createdAt: app.secrets[name]?.createdAt ?? now, updatedAt: now };
  app.secrets[name] = secret;
  return secret;
}

function nextVersion(platform: Platform, app: AppRecord): number {
  app.secretsVersion++;
  platform.store.changed({ app });
  return app.secretsVersion;
}

function listed(app: AppRecord): JsonValue[] {
  return Object.entries(app.secrets).map(([name, secret]) => secretView(name, secret));
}
