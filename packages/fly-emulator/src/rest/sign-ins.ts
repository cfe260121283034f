import { json, requiredBody, type ApiRequest, type ApiResponse } from './http.js';
import type { JsonValue } from '../json.js';
import type { Call, Route } from './route.js';

/** A sign-in that has never been, has expired, was denied, or has given its token away. */
const gone = (): ApiResponse => json({ error: 'session not found' }, 404);
/** The words of both are not known (unsure). */
const refused = (error: string): ApiResponse => json({ error }, 422);

/** The sign-in of command lines through the browser, as flyctl speaks it. The page that one approves it on is `sign-in-page.ts`. */
export const SIGN_IN_ROUTES: readonly Route[] = [
  {
    method: 'POST',
    path: '/api/v1/cli_sessions',
    operation: 'CLI_session_create',
    scope: 'open',
    writes: true,
    handle: begin,
  },
  {
    method: 'GET',
    path: '/api/v1/cli_sessions/{session}',
    operation: 'CLI_session_show',
    scope: 'open',
    writes: false,
    handle({ platform, params }) {
      const session = platform.signIns.find(params.session ?? '');
      if (session === null) return gone();
      // Whoever knows a session could ask: one with a code gives its token to nobody here.
      return json({ id: session.id, ...(session.token === null ? {} : { access_token: session.token }) });
    },
  },
  {
    method: 'POST',
    path: '/api/v1/cli_sessions/{session}/redeem',
    operation: 'CLI_session_redeem',
    scope: 'open',
    writes: true,
    handle({ platform, params, request }) {
      const session = platform.signIns.find(params.session ?? '');
      if (session === null) return gone();
      const { code, code_verifier: verifier } = requiredBody(request);
      if (typeof code !== 'string' || typeof verifier !== 'string')
        return refused('code and code_verifier are required');
      const token = platform.signIns.redeem(session, code, verifier);
      return token === null ? refused('invalid code') : json({ id: session.id, access_token: token, pkce: true });
    },
  },
];

function begin({ platform, request }: Call): ApiResponse {
  const body = requiredBody(request);
  const { name, state, code_challenge: challenge, redirect_port: port, metadata } = body;
  const origin = originOf(request);
  if (origin === null) return refused('this emulator is reached through 127.0.0.1 or localhost');
  if (typeof name !== 'string' || name === '') return refused('name is required');
  const knowsCodes = platform.settings.signIn === 'code' && typeof challenge === 'string' && challenge !== '';
  if (knowsCodes && body.code_challenge_method !== 'S256') return refused('code_challenge_method must be S256');
  if (port !== undefined && !isPort(port)) return refused('redirect_port must be a port');
  const lock = Object(metadata ?? {}) as Record<string, unknown>;
  const session = platform.signIns.begin({
    name: name.slice(0, 100),
    challenge: knowsCodes ? challenge : null,
    state: typeof state === 'string' ? state.slice(0, 200) : '',
    redirectPort: isPort(port) ? port : null,
    lock: { organization: textOf(lock.lock_organization), app: textOf(lock.lock_app) },
  });
  const answer = { id: session.id, auth_url: `${origin}/app/auth/cli/${session.id}` };
  return json(knowsCodes ? { ...answer, pkce: true } : answer, 201);
}

/** Where the client has found the emulator; `null` for a host name that is none of this computer. */
export function originOf({ headers }: ApiRequest): string | null {
  const host = headers.host ?? '';
  return /^(127\.0\.0\.1|localhost)(:\d+)?$/.test(host) ? `http://${host}` : null;
}

function isPort(value: JsonValue | undefined): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 && value < 65_536;
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value.slice(0, 100) : null;
}
