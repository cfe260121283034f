import { readChallenge, type Challenge } from './challenge.js';
import type { Credentials } from './docker-credentials.js';
import type { Repository } from './reference.js';
import { registryError } from './registry-error.js';
import { mayBeAsked, oddAnswer, textOf, type RegistryAnswer, type RegistryRequest, type Send } from './send.js';

/** What signing in needs. */
export interface AuthorizationOptions {
  send: Send;
  /** Asked at most once per host, and only when a registry wants somebody. */
  credentials: (host: string) => Promise<Credentials | null>;
  hide: (value: string) => void;
}

/** Sends as {@link Send} does, with whatever the registry wants as authorization. */
export type AuthorizedSend = (repository: Repository, wanted: RegistryRequest) => Promise<RegistryAnswer>;

const TOKEN_BYTES = 256 * 1024;
const CLIENT_ID = 'sindri';

/**
 * Signs in as the registry's `WWW-Authenticate` asks: Basic to the registry itself, or a token of the service that it names, by the
 * distribution specification. Credentials of a host go to that host and to the token service that *it* names, over TLS, and to nobody
 * else. Tokens are kept for the life of the function, one per repository.
 */
export function createAuthorizedSend({ send, credentials, hide }: AuthorizationOptions): AuthorizedSend {
  const known = new Map<string, Promise<Credentials | null>>();
  const headers = new Map<string, string>();

  const credentialsOf = (host: string): Promise<Credentials | null> => {
    const found = known.get(host) ?? credentials(host);
    known.set(host, found);
    return found;
  };

  return async (repository, wanted) => {
    const key = `${repository.host}/${repository.path}`;
    const authorization = headers.get(key);
    const first = await send(authorization === undefined ? wanted : withHeader(wanted, authorization));
    if (first.status !== 401) return first;
    const challenge = readChallenge(first.headers['www-authenticate']);
    if (challenge === null) return first;
    const fresh = await answer(challenge, repository, wanted);
    if (fresh === null) return first;
    headers.set(key, fresh);
    const second = await send(withHeader(wanted, fresh));
    if (second.status === 401) headers.delete(key);
    return second;
  };

  async function answer(challenge: Challenge, repository: Repository, wanted: RegistryRequest): Promise<string | null> {
    const found = await credentialsOf(repository.host);
    if (challenge.scheme === 'basic') return found === null || 'identityToken' in found ? null : basic(found, hide);
    const token = await fetchToken(challenge, repository, found, wanted);
    hide(token);
    return `Bearer ${token}`;
  }

  async function fetchToken(
    { realm, service, scope }: Extract<Challenge, { scheme: 'bearer' }>,
    repository: Repository,
    found: Credentials | null,
    wanted: RegistryRequest,
  ): Promise<string> {
    const url = URL.canParse(realm) ? new URL(realm) : null;
    if (url === null || url.username !== '' || url.password !== '' || !mayBeAsked(url, wanted.url)) {
      throw oddAnswer(wanted.url, 'a token service that cannot be asked safely');
    }
    const query = {
      ...(service === null ? {} : { service }),
      scope: scope ?? `repository:${repository.path}:pull`,
    };
    const { signal } = wanted;
    const common = { maxBytes: TOKEN_BYTES, signal };
    let told: RegistryAnswer;
    if (found !== null && 'identityToken' in found) {
      hide(found.identityToken);
      const form = { grant_type: 'refresh_token', refresh_token: found.identityToken, client_id: CLIENT_ID, ...query };
      told = await send({
        ...common,
        url,
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams(form).toString(),
      });
    } else {
      for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
      const headers: Record<string, string> = found === null ? {} : { authorization: basic(found, hide) };
      told = await send({ ...common, url, headers });
    }
    if (told.status !== 200) throw refused(repository, found !== null, textOf(told.body));
    return tokenOf(told, url);
  }
}

function withHeader(wanted: RegistryRequest, authorization: string): RegistryRequest {
  return { ...wanted, headers: { ...wanted.headers, authorization } };
}

function basic({ username, password }: { username: string; password: string }, hide: (value: string) => void): string {
  const pair = Buffer.from(`${username}:${password}`, 'utf8').toString('base64');
  hide(password);
  hide(pair);
  return `Basic ${pair}`;
}

function tokenOf({ body }: RegistryAnswer, url: URL): string {
  try {
    const { token, access_token: accessToken } = JSON.parse(body.toString('utf8')) as Record<string, unknown>;
    const found = [token, accessToken].find((one) => typeof one === 'string' && one !== '');
    // It becomes a header.
    if (typeof found === 'string' && /^[\x21-\x7e]+$/.test(found)) return found;
  } catch {
    // Its text may be the token.
  }
  throw oddAnswer(url, 'no token');
}

/** `REGISTRY_AUTH`: nobody is signed in, or somebody who may not. */
export function refused({ host, path }: Repository, signedIn: boolean, reason: string): Error {
  return registryError({
    code: 'REGISTRY_AUTH',
    kind: 'auth',
    message: signedIn
      ? `${host} does not let you read ${path}: ${reason}`
      : `${host} wants you to sign in to read ${path}, or there is no such repository: ${reason}`,
    hint: `Check the name, and sign in with \`docker login ${host}\`.`,
    details: { host, repository: path, signedIn },
  });
}
