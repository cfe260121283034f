/** One signal that follows several, and a way to let go of them. */
export interface FollowedSignal {
  signal: AbortSignal;
  /** Stops following, so that a long-lived signal does not collect listeners. */
  release(): void;
}

/** The returned signal is aborted, with the same reason, as soon as one of `signals` is. */
export function followSignals(signals: (AbortSignal | undefined)[]): FollowedSignal {
  const sources = signals.filter((signal) => signal !== undefined);
  const controller = new AbortController();
  const abort: Follower = (reason) => controller.abort(reason);
  const aborted = sources.find((source) => source.aborted);
  if (aborted !== undefined) controller.abort(aborted.reason);
  const followed = aborted === undefined ? sources : [];
  for (const source of followed) follow(source, abort);
  return {
    signal: controller.signal,
    release() {
      for (const source of followed) letGo(source, abort);
    },
  };
}

type Follower = (reason: unknown) => void;

/** A program may have any number of sessions and streams open, and Node takes more than ten listeners for a leak: so it is one for all. */
const crowds = new WeakMap<AbortSignal, { followers: Set<Follower>; listener: () => void }>();

function follow(source: AbortSignal, follower: Follower): void {
  const known = crowds.get(source);
  if (known !== undefined) return void known.followers.add(follower);
  const followers = new Set([follower]);
  const listener = (): void => {
    for (const tell of followers) tell(source.reason);
  };
  crowds.set(source, { followers, listener });
  source.addEventListener('abort', listener, { once: true });
}

function letGo(source: AbortSignal, follower: Follower): void {
  const crowd = crowds.get(source);
  crowd?.followers.delete(follower);
  if (crowd?.followers.size !== 0) return;
  crowds.delete(source);
  source.removeEventListener('abort', crowd.listener);
}
