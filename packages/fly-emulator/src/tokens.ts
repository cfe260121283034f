import { randomBytes } from 'node:crypto';
import type { EmulatorClock } from './clock.js';
import type { Ids } from './ids.js';
import type { TokenKind, TokenRecord } from './records.js';
import type { Store } from './store.js';

/** What a token is to be good for. */
export interface TokenRequest {
  kind: TokenKind;
  /** The organisation it is for; default: all of the emulator's own (personal), else `personal`. */
  org?: string;
  /** Deploy tokens: the app. */
  app?: string;
  /** Milliseconds since the epoch. */
  expiresAt?: number;
  /** What a list of tokens shows. */
  name?: string;
  /** The user of the token it is made with. */
  createdBy?: string;
  /** Not in the form of a macaroon, which it is not: flyctl throws away what looks like one and cannot be read. */
  plain?: boolean;
}

/** Makes, checks and revokes tokens. */
export interface TokenStore {
  /** Returns the token's text. Throws when a deploy token names no app, or an app that does not exist. */
  create(request: TokenRequest): string;
  revoke(token: string): void;
  /** The live tokens in an `Authorization` header; an empty list means: not signed in. */
  authenticate(header: string | undefined): TokenRecord[];
}

export function createTokenStore(store: Store, clock: EmulatorClock, ids: Ids, ownOrgs: string[]): TokenStore {
  return {
    create(request) {
      const app = request.app === undefined ? undefined : store.app(request.app);
      if (request.kind === 'deploy' && !app) throw new Error('a deploy token needs the name of an existing app');
      const orgs = app ? [app.org] : request.org !== undefined ? [request.org] : null;
      const record: TokenRecord = {
        id: ids.uuid(),
        token: newTokenText(request),
        kind: request.kind,
        orgs: orgs ?? (request.kind === 'personal' ? [...ownOrgs] : ['personal']),
        app: request.kind === 'deploy' ? (request.app ?? null) : null,
        user: `${ids.uuid()}@tokens.fly.io`,
        expiresAt: request.expiresAt ?? null,
        revoked: false,
        ...(request.name === undefined ? {} : { name: request.name }),
        ...(request.createdBy === undefined ? {} : { createdBy: request.createdBy }),
      };
      store.state.tokens.push(record);
      store.changed({ token: record });
      return record.token;
    },
    revoke(token) {
      for (const text of splitTokens(token)) {
        const record = store.tokenWithText(text);
        if (!record) continue;
        record.revoked = true;
        record.revokedAt = clock.now();
        store.changed({ token: record });
      }
    },
    authenticate(header) {
      const found = new Set(splitTokens(header ?? '').map((text) => store.tokenWithText(text)));
      return [...found].filter(
        (record) =>
          record !== undefined && !record.revoked && (record.expiresAt === null || record.expiresAt > clock.now()),
      ) as TokenRecord[];
    },
  };
}

/** Strips the scheme words (`Bearer`, `FlyV1`, in any case, repeated) and splits the comma list. */
export function splitTokens(header: string): string[] {
  let text = header.trim();
  while (/^(bearer|flyv1)\s+/i.test(text)) text = text.replace(/^(bearer|flyv1)\s+/i, '');
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function newTokenText({ kind, plain }: TokenRequest): string {
  const body = randomBytes(32).toString('base64url');
  return kind === 'personal' || plain === true ? `fo1_${body}` : `fm2_${body}`;
}
