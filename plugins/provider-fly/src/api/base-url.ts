import type { OperationContext } from '@sindri/core';
import { flyError } from '../fly-error.js';
import type { Endpoint } from './endpoints.js';

const DEFAULT_BASE = { machines: 'https://api.machines.dev', api: 'https://api.fly.io' } as const;
const BASE_VARIABLE = { machines: 'FLY_FLAPS_BASE_URL', api: 'FLY_API_BASE_URL' } as const;

/** Where a host is: Fly's own address, or the one that the environment names. A path in it is ignored, as in flyctl. */
export function baseUrl(host: Endpoint['host'], env: OperationContext['env']): URL {
  const variable = BASE_VARIABLE[host];
  const text = env[variable] || DEFAULT_BASE[host];
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url !== null && (url.protocol === 'https:' || url.protocol === 'http:')) return url;
  throw flyError({
    code: 'FLY_BASE_URL_INVALID',
    kind: 'usage',
    message: `${variable} is not an http or https address.`,
    hint: `Unset it, or set it to something like ${DEFAULT_BASE[host]}.`,
  });
}
