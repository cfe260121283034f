import type { LogLine } from '../logs/log-line.js';
import { badRequest } from '../api-error.js';
import type { JsonObject } from '../json.js';
import { json } from './http.js';
import type { Route } from './route.js';

const PAGE = 100;
const DAY_NANOS = 24n * 3_600_000_000_000n;

export const LOG_ROUTES: readonly Route[] = [
  {
    method: 'GET',
    path: '/api/v1/apps/{app}/logs',
    operation: 'logs (api.fly.io, not in the Machines API description)',
    scope: 'app',
    writes: false,
    rate: 'none',
    handle({ platform, request, app }) {
      const { query } = request;
      const token = query.get('next_token') ?? '';
      if (!/^\d{0,30}$/.test(token)) throw badRequest('invalid next_token');
      const instance = query.get('instance') ?? '';
      const region = query.get('region') ?? '';
      const now = BigInt(Math.floor(platform.clock.now())) * 1_000_000n;
      const shown = platform.logs.read(app.name, {
        limit: PAGE,
        // The token is a time, so one can be made up to mean "since".
        ...(token === '' ? { from: 'newest', after: now - DAY_NANOS } : { from: 'oldest', after: BigInt(token) }),
        ...(instance === '' ? {} : { instance }),
        ...(region === '' ? {} : { region }),
      });
      // An empty page keeps the token.
      return json({ data: shown.map(lineView), meta: { next_token: shown.at(-1)?.nanos ?? token } });
    },
  },
];

function lineView(line: LogLine): JsonObject {
  return {
    id: line.id,
    type: 'log',
    attributes: {
      timestamp: timestamp(line.nanos),
      message: line.message,
      level: line.level,
      instance: line.instance,
      region: line.region,
      meta: {
        instance: line.instance,
        region: line.region,
        event: { provider: line.provider },
        ...(line.code === undefined ? {} : { error: { code: line.code, message: line.message } }),
      },
    },
  };
}

/** RFC 3339 with nanoseconds. */
function timestamp(nanos: string): string {
  const value = BigInt(nanos);
  const seconds = new Date(Number(value / 1_000_000n)).toISOString().slice(0, 19);
  return `${seconds}.${(value % 1_000_000_000n).toString().padStart(9, '0')}Z`;
}
