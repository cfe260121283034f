import type { SindriError } from '@sindri/core';
import type { AnyAuthMethod } from 'ssh2';
import { singleKeyAgent } from './agent.js';
import { certificateBlob, type SshCertificate } from './certificate.js';
import { describeIdentity, type SshIdentity } from './identity.js';
import { readPrivateKey } from './key-files.js';
import { fingerprint } from './public-keys.js';
import { certifiedKey } from './ssh2-internals.js';
import { loadSsh2 } from './ssh2-library.js';
import { sshError } from './ssh-error.js';

/** Servers end the connection after a few wrong keys: OpenSSH after six, the Sindri image after three. */
const MAX_OFFERS = 5;

/** Offers identities to a server one after the other, and remembers which. */
export interface KeyOffers {
  /** What ssh2 asks for the next thing to try; `false` when there is nothing left. */
  next(methodsLeft: readonly string[] | null): AnyAuthMethod | false;
  /** How many keys the server has seen and refused so far. */
  readonly refused: number;
  /** The error that says which keys were offered and what to do. */
  failure(where: string): SindriError;
}

/** What a login can be tried with. */
export type SshCredential = SshIdentity | SshCertificate;

interface Offer {
  identity: SshCredential;
  method: AnyAuthMethod;
}

/** Reads what the identities need, at most {@link MAX_OFFERS} of them. An identity whose file has gone is passed over. */
export async function prepareOffers(user: string, identities: readonly SshCredential[]): Promise<KeyOffers> {
  const offers: Offer[] = [];
  for (const identity of identities) {
    if (offers.length === MAX_OFFERS) break;
    const method = await methodFor(user, identity);
    if (method !== null) offers.push({ identity, method });
  }
  let offered = 0;
  let keysAccepted = true;
  return {
    next(methodsLeft) {
      keysAccepted = methodsLeft === null || methodsLeft.includes('publickey');
      const offer = keysAccepted ? offers[offered] : undefined;
      if (offer === undefined) return false;
      offered += 1;
      return offer.method;
    },
    get refused() {
      return Math.max(0, offered - 1);
    },
    failure: (where) => authFailed(user, where, offers.slice(0, offered), offers.length - offered, keysAccepted),
  };
}

async function methodFor(user: string, identity: SshCredential): Promise<AnyAuthMethod | null> {
  if (identity.kind === 'agent') {
    return { type: 'agent', username: user, agent: singleKeyAgent(identity.agentSocket, identity.publicKey) };
  }
  if (identity.kind === 'certificate') {
    const key = certifiedKey(loadSsh2().utils.parseKey(identity.privateKey), certificateBlob(identity));
    return key === null ? null : { type: 'publickey', username: user, key };
  }
  try {
    const key = await readPrivateKey(identity.path);
    // ssh2 would pass over it silently, and the error would name a key that was never offered.
    return loadSsh2().utils.parseKey(key) instanceof Error ? null : { type: 'publickey', username: user, key };
  } catch {
    return null;
  }
}

function authFailed(user: string, where: string, offered: Offer[], left: number, keysAccepted: boolean): SindriError {
  const list = offered.map(({ identity }) => `${fingerprint(identity.publicKey)} (${describe(identity)})`);
  const notOffered = left > 0 && keysAccepted ? ` ${left} more could not be offered before the server hung up.` : '';
  return sshError({
    code: 'SSH_AUTH_FAILED',
    kind: 'auth',
    message:
      list.length === 0
        ? `There is no SSH key to offer to ${where} for the user ${user}.`
        : `The server at ${where} accepted none of the offered keys for the user ${user}: ${list.join(', ')}.${notOffered}`,
    hint: hintFor(offered, keysAccepted),
    details: {
      user,
      offered: offered.map(({ identity }) => ({
        fingerprint: fingerprint(identity.publicKey),
        source: describe(identity),
      })),
    },
  });
}

function describe(identity: SshCredential): string {
  return identity.kind === 'certificate' ? 'certificate' : describeIdentity(identity);
}

function hintFor(offered: readonly Offer[], keysAccepted: boolean): string {
  if (!keysAccepted) return 'The server does not accept public keys at all: check its SSH configuration.';
  if (offered.some(({ identity }) => identity.kind === 'certificate')) {
    return (
      'The certificate may be over by the clock of the server, or for other machines. Try again, which asks for another one; if it ' +
      'stays, use another connection method.'
    );
  }
  if (offered.length === 0) {
    return 'Make a key with `ssh-keygen -t ed25519`, or load yours into the agent with `ssh-add`, then deploy again.';
  }
  return (
    'Load the key that the environment admits into the agent with `ssh-add`, or put the public half of one of these keys into ' +
    'the AUTHORIZED_KEYS secret and deploy again.'
  );
}
