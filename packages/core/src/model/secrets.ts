/** What is known of one secret at a provider. Never its value. */
export interface PresentSecret {
  name: string;
  /** The platform's own mark of the value: another one after a change. `null` where it tells none. */
  digest: string | null;
  /** When it was set last, ISO 8601; `null` when nobody knows. */
  updatedAt: string | null;
  /**
   * `live`: what runs has it, and what sleeps wakes with it. `staged`: set, and in use only after `secrets.deploy` or the next update.
   * `removed`: no longer set, and in use until then. `unknown`: nobody can tell.
   */
  state: 'live' | 'staged' | 'removed' | 'unknown';
  /** Whether its value is that of the local source, for one that was asked about; `unknown` where nothing was noted when it was set. */
  local?: 'same' | 'differs' | 'unknown';
  /** When the value stops working by itself, ISO 8601, where that is known: of credentials that were made with an end. */
  expiresAt?: string;
}

/** One line of the list of an environment's secrets: at the provider, in the config, or both. */
export interface ListedSecret extends Omit<PresentSecret, 'state' | 'local'> {
  /** As in {@link PresentSecret.state}; `absent` for one that is only in the config. */
  state: PresentSecret['state'] | 'absent';
  /** Whether the config names it: a deploy sets it then. */
  fromConfig: boolean;
  /** Where a value was found on this computer, `null` when there is none or the config does not name it. */
  origin: string | null;
  /** How the value at the provider compares with the one on this computer; `null` when there is none here. */
  local: 'same' | 'differs' | 'unknown' | null;
}

/** Where in a vault a secret is: a key-value store, version 2. */
export interface VaultQuestion {
  mount: string;
  path: string;
}

/** What a vault has said. */
export type VaultAnswer =
  /** `place`, for people: `Vault at https://vault.example`. */
  | { status: 'found'; data: Readonly<Record<string, unknown>>; place: string }
  /** There is no such secret. */
  | { status: 'missing'; reason: string }
  /** Nobody knows: no address, no token, refused, silent. */
  | { status: 'failed'; reason: string };

/**
 * Reads one secret from a vault. What a host gives, for core asks nobody over a network. Rejects only when the signal is aborted; every other
 * end is an answer. `hide` is told what must not be seen.
 */
export type AskVault = (
  question: VaultQuestion,
  context: { env: Readonly<Record<string, string | undefined>>; signal: AbortSignal; hide(value: string): void },
) => Promise<VaultAnswer>;
