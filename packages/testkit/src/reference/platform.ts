import { SindriError, type JsonObject, type PastEvent, type TunnelPeer } from '@sindri/core';
import { createInside, type Inside } from './inside.js';

/** The volume that a machine has as its home. What a restore has replaced has another name. */
export const HOME_VOLUME = 'home';

/** Something that exists on the pretended platform. Names need not be unique, as on most real ones. */
export interface Thing {
  id: string;
  /** The account's directory of things: the environment they are for. */
  environment: string;
  type: 'volume' | 'secret' | 'machine' | 'snapshot' | 'builder';
  name: string;
  /** Who made it; `null` for things of somebody else. */
  mark: string | null;
  settings: JsonObject;
  /** Machines only. `failed` = its main process has ended by itself. */
  power: 'running' | 'stopped' | 'suspended' | 'failed' | null;
  /** Machines only: who may log in. */
  keys?: KnownKey[];
  /** Machines only: what keeps it awake. */
  held?: { reason: string; by: string; until: string };
  createdAt: string;
}

/** A public key `type base64`, and whose it is. */
export interface KnownKey {
  publicKey: string;
  comment: string;
}

export interface Call {
  /** For the log of requests. */
  description: string;
  token: string | undefined | Promise<string | undefined>;
  signal: AbortSignal;
}

/**
 * A cloud in memory: a list of things behind an API that takes a moment, wants a token, logs every request, and can be
 * disturbed. One per test, so that nothing is shared.
 */
export interface ReferencePlatform {
  readonly token: string;
  read<T>(call: Call, body: (things: readonly Thing[]) => T): Promise<T>;
  write<T>(call: Call, body: (things: Thing[]) => T): Promise<T>;
  log(environment: string, message: string, at: string): void;
  logOf(environment: string): readonly { message: string; at: string }[];
  /** Notes what has happened to an environment. */
  tell(environment: string, event: PastEvent): void;
  eventsOf(environment: string): readonly PastEvent[];
  readonly requests: readonly { description: string; writes: boolean }[];
  /** Everything that exists; no request. */
  readonly things: readonly Thing[];
  /** The registry: by reference the digest; no request. */
  readonly images: Map<string, string>;
  /** Who is let into the private network of the account; no request. */
  readonly peers: TunnelPeer[];
  /** What is in the things that exist; no request. */
  readonly inside: Inside;
  /** Opens a page on which somebody can approve a sign-in. */
  openSignIn(): SignInPage;
  /** What a person does on that page. Returns the code that it shows then. */
  approveSignIn(url: string): string;
  addStranger(thing: Omit<Thing, 'id' | 'mark'>): void;
  /** So much time passes that every running machine goes to sleep which nobody holds. */
  passIdleTime(): void;
  /** Makes reads fail until the returned function is called. */
  failReads(): () => void;
  /** Aborts the returned signal with the commit of the n-th write from now. */
  interruptAfter(writes: number): AbortSignal;
}

/** A sign-in as the one sees it who has begun it. */
export interface SignInPage {
  url: string;
  /** The token, once somebody has approved. */
  approved: Promise<string>;
  /** Whether this is the code of the page: then it is approved, too. */
  redeem(code: string): boolean;
}

/** Makes an empty platform in memory, with faults to switch on. */
export function createReferencePlatform(): ReferencePlatform {
  const token = 'reference-token-9c41';
  const things: Thing[] = [];
  const requests: { description: string; writes: boolean }[] = [];
  const lines = new Map<string, { message: string; at: string }[]>();
  const events = new Map<string, PastEvent[]>();
  let readsFail = false;
  let interruption: { writesLeft: number; controller: AbortController } | null = null;
  let strangers = 0;
  const pages = new Map<string, { code: string; approve: () => void }>();

  return {
    token,
    requests,
    things,
    images: new Map(),
    peers: ['kept', 'keyless', 'foreign'].map((state) => peerOf(state as TunnelPeer['state'])),
    inside: createInside(),
    async read(call, body) {
      await arrive(call, false);
      if (readsFail) throw unavailable(call);
      const answer = body(things);
      call.signal.throwIfAborted();
      return structuredClone(answer);
    },
    async write(call, body) {
      await arrive(call, true);
      const answer = structuredClone(body(things));
      if (interruption !== null && --interruption.writesLeft === 0) interruption.controller.abort();
      // Committed, but the answer is lost on its way to a client that has gone.
      call.signal.throwIfAborted();
      return answer;
    },
    log(environment, message, at) {
      lines.set(environment, [...(lines.get(environment) ?? []), { message, at }]);
    },
    logOf: (environment) => lines.get(environment) ?? [],
    tell: (environment, event) => void events.set(environment, [...(events.get(environment) ?? []), event]),
    eventsOf: (environment) => events.get(environment) ?? [],
    openSignIn() {
      const url = `https://reference.invalid/sign-in/${pages.size + 1}`;
      const code = `code-${pages.size + 1}`;
      let approve = (): void => undefined;
      const approved = new Promise<string>((resolve) => (approve = () => resolve(token)));
      pages.set(url, { code, approve });
      const redeem = (given: string): boolean => {
        if (given === code) approve();
        return given === code;
      };
      return { url, approved, redeem };
    },
    approveSignIn(url) {
      const page = pages.get(url);
      page?.approve();
      return page?.code ?? '';
    },
    addStranger: (thing) => void things.push({ ...thing, id: `stranger-${++strangers}`, mark: null }),
    passIdleTime() {
      for (const thing of things) {
        if (thing.power === 'running' && thing.held === undefined) thing.power = 'suspended';
      }
    },
    failReads() {
      readsFail = true;
      return () => (readsFail = false);
    },
    interruptAfter(writes) {
      interruption = { writesLeft: writes, controller: new AbortController() };
      return interruption.controller.signal;
    },
  };

  /** The way to the platform: it takes a moment, during which the caller may change their mind. */
  async function arrive({ description, token: promised, signal }: Call, writes: boolean): Promise<void> {
    signal.throwIfAborted();
    await new Promise((resolve) => setImmediate(resolve));
    const given = await promised;
    signal.throwIfAborted();
    requests.push({ description, writes });
    if (given === token) return;
    throw new SindriError({
      code: 'REFERENCE_TOKEN_REFUSED',
      kind: 'auth',
      message: given === undefined ? 'There is no token for the reference platform.' : 'The token was refused.',
      hint: 'Set REFERENCE_TOKEN to the token of the platform.',
    });
  }

  function unavailable({ description }: Call): SindriError {
    return new SindriError({
      code: 'REFERENCE_UNAVAILABLE',
      kind: 'incomplete',
      message: `The reference platform did not answer: ${description}.`,
      retryable: true,
    });
  }
}

/** One that is there from the beginning. */
function peerOf(state: TunnelPeer['state']): TunnelPeer {
  const keyFile = state === 'kept' ? '/reference/peer.json' : null;
  return { name: `peer-${state}`, address: 'fd00::2', region: 'here', createdAt: null, state, keyFile };
}
