import { createFileStore, type OperationContext } from '@sindri/core';
import { baseUrl } from '../api/base-url.js';
import type { AppNetwork, PrivateNetworkApi } from '../api/private-network.js';
import { networkFile } from './peer-names.js';

/** In whose private network an app is: what Fly has said last, and what it says now. */
export interface WhoseNetwork {
  /** `null` = nothing is remembered. May be out of date. */
  remembered: Promise<AppNetwork | null>;
  /** Rejects as the question does. */
  asked: Promise<AppNetwork>;
}

/** Asks, and remembers the answer for the next time. */
export function askWhoseNetwork(
  api: PrivateNetworkApi,
  app: string,
  { stateDir, env }: Pick<OperationContext, 'stateDir' | 'env'>,
): WhoseNetwork {
  // First: the answer takes longer than everything here.
  const asked = api.networkOf(app);
  const store = createFileStore(stateDir);
  const file = networkFile(app, baseUrl('api', env).host);
  const remembered = store.readJson(file).then(appNetwork, () => null);
  void Promise.all([remembered, asked])
    // What cannot be written is asked first the next time.
    .then(([before, now]) => (isSame(before, now) ? undefined : store.writeJson(file, toJson(now))))
    .catch(() => undefined);
  return { remembered, asked };
}

/**
 * Does `work` for the network that is remembered while Fly is asked, and once more when the answer is another one; what the first has
 * made is passed to `undo` then. Nothing comes of it before Fly has answered, and `confirmed` tells the work when it may change
 * anything: it rejects when what was remembered is wrong. Rejects as the question and the work do.
 */
export async function anticipate<T>(
  { remembered, asked }: WhoseNetwork,
  work: (of: AppNetwork, confirmed: Promise<unknown>) => Promise<T>,
  undo: (result: T) => void = () => undefined,
): Promise<T> {
  const guess = await remembered;
  if (guess === null) return work(await asked, asked);
  const confirmed = asked.then((now) => {
    if (!isSame(guess, now)) throw new Error('The app is in another network than before.');
  });
  confirmed.catch(() => undefined);
  const early = work(guess, confirmed);
  const drop = (): void => void early.then(undo, () => undefined);
  early.catch(() => undefined);
  const now = await asked.catch((error: unknown) => {
    drop();
    throw error;
  });
  if (isSame(guess, now)) return early;
  drop();
  return work(now, asked);
}

function isSame(a: AppNetwork | null, b: AppNetwork): boolean {
  return (
    a !== null &&
    a.network === b.network &&
    a.organization.id === b.organization.id &&
    a.organization.slug === b.organization.slug
  );
}

function toJson({ network, organization: { id, slug } }: AppNetwork) {
  return { network, organization: { id, slug } };
}

function appNetwork(value: unknown): AppNetwork | null {
  const { network, organization } = (value ?? {}) as Partial<AppNetwork>;
  const isWhole =
    (network === null || typeof network === 'string') &&
    typeof organization?.id === 'string' &&
    typeof organization.slug === 'string';
  return isWhole ? toJson({ network, organization }) : null;
}
