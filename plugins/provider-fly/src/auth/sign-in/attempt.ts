import type { OperationContext, SignInAttempt, SignInRequest } from '@sindri/core';
import { baseUrl } from '../../api/base-url.js';
import { FlyApiError } from '../../api/errors.js';
import type { Send } from '../../api/send.js';
import { flyError } from '../../fly-error.js';
import { requireAuthPage } from './auth-page.js';
import { listenForCallback } from './callback-server.js';
import { createProof, type RandomBytes } from './proof.js';

/** Fly forgets a sign-in after that. */
const LIMIT_MS = 15 * 60_000;
const POLL_MS = 1_000;

export interface AttemptDependencies {
  /** Without a credential. */
  openSend(context: OperationContext): Send;
  randomBytes: RandomBytes;
}

interface StartedSession {
  id: string;
  auth_url: string;
  pkce?: boolean | null;
}

/**
 * Fly's sign-in of command lines: begins a session, and gets the token for the code that the page brings to our door, or that the
 * person pastes; from older servers, which know no codes, by asking every second.
 */
export async function beginSignIn(
  { computer, lock }: SignInRequest,
  context: OperationContext,
  { openSend, randomBytes }: AttemptDependencies,
): Promise<SignInAttempt> {
  context.signal.throwIfAborted();
  const closing = new AbortController();
  const signal = AbortSignal.any([context.signal, closing.signal]);
  const send = openSend({ ...context, signal });
  const proof = createProof(randomBytes);
  context.hide(proof.verifier);
  const outcome = settleOnce<string>();
  const give = (token: string): void => {
    context.hide(token);
    outcome.resolve(token);
  };

  let session: StartedSession | null = null;
  const redeem = async (code: string): Promise<string | null> => {
    if (session === null) return 'the sign-in has not begun';
    if (outcome.isSettled()) return null;
    context.hide(code);
    try {
      const body = { code, code_verifier: proof.verifier };
      const answer = await send<{ access_token: string }>('redeemSignIn', { params: { session: session.id }, body });
      if (answer.access_token === '') throw emptyToken();
      give(answer.access_token);
      return null;
    } catch (thrown) {
      signal.throwIfAborted();
      // It was right before: the page and the person have both handed it over.
      if (outcome.isSettled()) return null;
      if (isRefusedCode(thrown)) return 'This code is not accepted. Copy it again from the page.';
      const error = isGone(thrown) ? expired() : thrown;
      outcome.reject(error);
      throw error;
    }
  };

  // Where nothing can listen, a person can still paste the code.
  const callback = await listenForCallback({
    state: proof.state,
    onCode: async (code) => (await redeem(code).catch(() => 'failed')) === null,
  }).catch(() => null);
  const close = async (): Promise<void> => {
    closing.abort(closed());
    await callback?.close();
  };

  try {
    const body = {
      name: computer,
      signup: false,
      target: 'auth',
      code_challenge: proof.challenge,
      code_challenge_method: 'S256',
      state: proof.state,
      ...(callback === null ? {} : { redirect_port: callback.port }),
      ...(lock === undefined ? {} : { metadata: lockOf(lock) }),
    };
    session = await send<StartedSession>('startSignIn', { params: {}, body });
    const url = requireAuthPage(session.auth_url, baseUrl('api', context.env));
    const takesCode = session.pkce === true;
    watchTime(context, signal, outcome.reject);
    if (!takesCode) void poll(send, context, session.id, signal).then(give, outcome.reject);
    const end = (): void => outcome.reject(signal.reason);
    signal.addEventListener('abort', end, { once: true });
    if (signal.aborted) end();
    return {
      url,
      expiresAt: context.clock.now() + LIMIT_MS,
      takesCode,
      credential: outcome.promise,
      submitCode: (code) => redeem(code.trim()),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function lockOf({ organization, app }: NonNullable<SignInRequest['lock']>): Record<string, string> {
  return {
    ...(organization === undefined ? {} : { lock_organization: organization }),
    ...(app === undefined ? {} : { lock_app: app }),
  };
}

function watchTime({ clock }: OperationContext, signal: AbortSignal, reject: (error: unknown) => void): void {
  clock.sleep(LIMIT_MS, signal).then(
    () => reject(expired()),
    () => undefined,
  );
}

async function poll(send: Send, { clock }: OperationContext, session: string, signal: AbortSignal): Promise<string> {
  for (;;) {
    await clock.sleep(POLL_MS, signal);
    try {
      const answer = await send<{ access_token?: string | null }>('readSignIn', { params: { session } });
      if (answer.access_token) return answer.access_token;
    } catch (error) {
      signal.throwIfAborted();
      throw isGone(error) ? expired() : error;
    }
  }
}

/** Fly says 404 of a session that is over. */
function isGone(error: unknown): boolean {
  return error instanceof FlyApiError && error.status === 404;
}

function isRefusedCode(error: unknown): boolean {
  if (!(error instanceof FlyApiError) || error.status === null || isGone(error)) return false;
  return error.status >= 400 && error.status < 500 && error.status !== 408 && error.status !== 429;
}

function expired() {
  return flyError({
    code: 'SIGN_IN_EXPIRED',
    kind: 'auth',
    message: 'The sign-in is over: it was not approved within 15 minutes, or was denied.',
    hint: 'Begin again: sindri auth login',
  });
}

function closed() {
  return flyError({ code: 'OPERATION_CANCELLED', kind: 'cancelled', message: 'The sign-in was given up.' });
}

function emptyToken() {
  return flyError({
    code: 'FLY_ANSWER_UNEXPECTED',
    kind: 'incomplete',
    message: 'Could not finish the sign-in: the token that came is empty.',
    hint: 'Begin again: sindri auth login',
    details: { endpoint: 'redeemSignIn' },
  });
}

interface Settled<T> {
  promise: Promise<T>;
  resolve(value: T): void;
  reject(error: unknown): void;
  isSettled(): boolean;
}

/** A promise that may fail before anybody waits for it. */
function settleOnce<T>(): Settled<T> {
  let settled = false;
  let [resolve, reject]: [(value: T) => void, (error: unknown) => void] = [() => undefined, () => undefined];
  const promise = new Promise<T>((onValue, onError) => {
    resolve = (value) => {
      settled = true;
      onValue(value);
    };
    reject = (error) => {
      settled = true;
      onError(error);
    };
  });
  promise.catch(() => undefined);
  return { promise, resolve: (value) => resolve(value), reject: (error) => reject(error), isSettled: () => settled };
}
