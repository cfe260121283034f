import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { EmulatorClock } from './clock.js';
import type { Store } from './store.js';
import type { TokenRequest, TokenStore } from './tokens.js';

/** Fly forgets a sign-in after that. */
export const SIGN_IN_LIFETIME_MS = 15 * 60_000;
/** Anybody on this computer may begin one. */
const MOST = 100;

/** A sign-in of a command line that waits for somebody to approve it. */
export interface SignInSession {
  id: string;
  /** The computer that asks, in its own words. */
  name: string;
  /** `null` for a client, or an emulator, that knows no codes: the token is given to whoever asks for the session. */
  challenge: string | null;
  state: string;
  /** Where the client listens for the page. */
  redirectPort: number | null;
  lock: { organization: string | null; app: string | null };
  expiresAt: number;
  /** What the page shows and brings to the client, once it is approved. */
  code: string | null;
  /** Of an approved session without a code. */
  token: string | null;
}

export type NewSignIn = Pick<SignInSession, 'name' | 'challenge' | 'state' | 'redirectPort' | 'lock'>;

/** Begins, approves and redeems sign-ins. Nothing of it is kept across a restart: then a session has expired. */
export interface SignIns {
  begin(request: NewSignIn): SignInSession;
  /** `null` when there is none, or it is over. */
  find(id: string): SignInSession | null;
  /** Why its lock cannot be met, in words; `null` when it can. */
  lockProblem(session: SignInSession): string | null;
  approve(session: SignInSession): void;
  deny(session: SignInSession): void;
  /** The token for the code and the verifier of the one who began, once; `null` when either is wrong. */
  redeem(session: SignInSession, code: string, verifier: string): string | null;
}

export function createSignIns(clock: EmulatorClock, tokens: TokenStore, store: Store): SignIns {
  const sessions = new Map<string, SignInSession>();

  const mint = ({ lock: { organization, app } }: SignInSession): string => {
    const request: TokenRequest =
      app !== null
        ? { kind: 'deploy', app }
        : organization !== null
          ? { kind: 'org', org: organization }
          : { kind: 'personal' };
    return tokens.create(request);
  };

  return {
    begin(request) {
      for (const { id, expiresAt } of sessions.values()) if (expiresAt <= clock.now()) sessions.delete(id);
      const [oldest] = sessions.keys();
      if (sessions.size >= MOST && oldest !== undefined) sessions.delete(oldest);
      const id = randomBytes(16).toString('hex');
      const expiresAt = clock.now() + SIGN_IN_LIFETIME_MS;
      const session: SignInSession = { ...request, id, expiresAt, code: null, token: null };
      sessions.set(id, session);
      return session;
    },
    find(id) {
      const session = sessions.get(id);
      return session === undefined || session.expiresAt <= clock.now() ? null : session;
    },
    lockProblem({ lock: { organization, app } }) {
      const known = store.state.orgs.some(({ slug }) => slug === organization);
      if (organization !== null && !known) return `There is no organization "${organization}".`;
      const found = app === null ? null : store.app(app);
      if (found === undefined) return `There is no app "${app}".`;
      const isElsewhere = found !== null && organization !== null && found.org !== organization;
      return isElsewhere ? `The app "${app}" does not belong to the organization "${organization}".` : null;
    },
    approve(session) {
      if (session.challenge === null) session.token ??= mint(session);
      else session.code ??= randomBytes(16).toString('base64url');
    },
    deny: ({ id }) => void sessions.delete(id),
    redeem(session, code, verifier) {
      const { code: expected, challenge } = session;
      if (expected === null || challenge === null) return null;
      const shown = createHash('sha256').update(verifier).digest('base64url');
      if (!isSame(code, expected) || !isSame(shown, challenge)) return null;
      sessions.delete(session.id);
      return mint(session);
    },
  };
}

function isSame(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
}
