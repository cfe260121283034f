import type { Duplex } from 'node:stream';
import { abortable, type Clock, type OperationContext } from '@sindri/core';
import {
  formatAddress,
  generateKeyPair,
  openTunnel,
  parseAddress,
  udpEndpoint,
  webSocketEndpoint,
  type Tunnel,
} from '@sindri/wireguard';
import type { AppNetwork, PrivateNetworkApi } from '../api/private-network.js';
import { baseUrl } from '../api/base-url.js';
import { flyError } from '../fly-error.js';
import { newPeerName, peerFolder } from './peer-names.js';
import { holdPeerSlot, type KeptPeer, type PeerSlot } from './peer-slot.js';

/** Where Fly's gateways listen. */
const UDP_PORT = 51820;
const WEB_SOCKET_PORT = 443;
/** UDP costs less, and mostly answers within this time: then there is no TLS connection besides. */
const WEB_SOCKET_AFTER_MS = 250;

/** After this much silence it is asked whether the peer is still one. Milliseconds. */
const SILENCE_MS = 1_500;
/** How long a peer that Fly knows may still come to answer before another one is made. */
const PATIENCE_MS = 4_000;
/** Half of what WireGuard says: a gateway that has been away, or has yet to learn of a peer, is there again at some moment. */
const HANDSHAKE_RETRY_MS = 2_500;
/** A new peer has to reach its gateway first. */
const NEW_PEER_MS = 15_000;
const DIAL_MS = 10_000;

/** The private network of an app's organization, reached through WireGuard in this process. */
export interface PrivateNetwork {
  /**
   * A TCP connection to a port of a machine. Does not wake it, and Fly does not count it as use. Rejects with an `Error` with Node's
   * codes, or with the signal's reason.
   */
  dial(address: string, port: number, signal: AbortSignal): Promise<Duplex>;
  /** Whether Fly knows the peer no longer that leads there: what is open then stays silent. `false` when nobody can tell. */
  isForgotten(): Promise<boolean>;
  /** Ends what is open, and says so to the other side, before it returns; a process that is about to exit need not wait for more. */
  close(): Promise<void>;
}

type Surroundings = Pick<OperationContext, 'clock' | 'hide'>;

/**
 * Opens a way into a private network, with the peer that an earlier command has left, or with a new one. UDP and WebSocket
 * are tried side by side, UDP first. A peer that does not answer is checked, and replaced without asking when Fly has forgotten it.
 * A new one is made only once it is `confirmed` whose network it is.
 *
 * Rejects as `confirmed` does, with `FLY_GATEWAY_SILENT`, `FLY_NOT_FOUND`, `FLY_FORBIDDEN`, `STATE_UNUSABLE`, or the signal's reason.
 */
export async function openPrivateNetwork(
  api: PrivateNetworkApi,
  of: AppNetwork,
  confirmed: Promise<unknown>,
  context: Surroundings & Pick<OperationContext, 'stateDir' | 'env' | 'signal'>,
): Promise<PrivateNetwork> {
  const slot = await holdPeerSlot(context.stateDir, peerFolder(of, baseUrl('api', context.env).host));
  if (slot === null) throw tooMany();
  const peers = createPeers(api, of, slot, confirmed, context);
  let tunnel: Tunnel;
  try {
    tunnel = await peers.open(context.signal);
  } catch (error) {
    slot.release();
    throw error;
  }
  const life = new AbortController();
  let closed = false;
  let replacing: Promise<Tunnel> | undefined;
  /** The last try to replace this one came to nothing. */
  let failed: Tunnel | undefined;

  /** Several who notice at a time get one new peer. It is nobody's alone: whoever gives up leaves it to the others. */
  function replaced(gone: Tunnel): Promise<Tunnel> {
    if (tunnel !== gone) return Promise.resolve(tunnel);
    if (replacing !== undefined) return replacing;
    gone.close();
    replacing = peers
      .renew(life.signal)
      .then((renewed) => (tunnel = renewed))
      .catch((error: unknown) => {
        failed = gone;
        throw error;
      })
      .finally(() => (replacing = undefined));
    return replacing;
  }

  const isGone = (one: Tunnel): boolean => one !== tunnel || replacing !== undefined || one === failed;

  return {
    async dial(address, port, signal) {
      const through = tunnel;
      if (isGone(through)) return connect(await abortable(replaced(through), signal), address, port, signal);
      const dialing = connect(through, address, port, signal);
      const silent = await isSilent(dialing, context.clock);
      // The gateway says nothing when it has forgotten the peer; whoever opens a connection now should not wait for that.
      if (!isGone(through) && (!silent || (await peers.isKnown()))) return dialing;
      dialing.then(
        (stream) => stream.destroy(),
        () => undefined,
      );
      return connect(await abortable(replaced(through), signal), address, port, signal);
    },
    isForgotten: async () => !(await peers.isKnown()),
    async close() {
      if (closed) return;
      closed = true;
      life.abort(new Error('The private network was left.'));
      tunnel.close();
      if (replacing !== undefined) {
        await replacing.catch(() => undefined);
        // It may be another one by now.
        tunnel.close();
      }
      slot.release();
    },
  };
}

function connect({ network }: Tunnel, address: string, port: number, signal: AbortSignal): Promise<Duplex> {
  return network.connect({ address, port, timeoutMs: DIAL_MS, signal });
}

/** Whether nothing has come of it within {@link SILENCE_MS}. */
async function isSilent(work: Promise<unknown>, clock: Clock): Promise<boolean> {
  const over = new AbortController();
  const settled = work.then(
    () => false,
    () => false,
  );
  const silence = clock.sleep(SILENCE_MS, over.signal).then(
    () => true,
    () => false,
  );
  const outcome = await Promise.race([settled, silence]);
  // Without a reason Node writes a stack trace, for each connection.
  over.abort('settled');
  return outcome;
}

/** Resolves when a handshake is done. Rejects when it is not within `limitMs` of the clock, or with the signal's reason. */
async function becomeUp(tunnel: Tunnel, limitMs: number, clock: Clock, signal: AbortSignal): Promise<void> {
  const over = new AbortController();
  const until = AbortSignal.any([signal, over.signal]);
  clock.sleep(limitMs, until).then(
    () => over.abort(new Error(`No handshake within ${limitMs / 1_000} s.`)),
    () => undefined,
  );
  try {
    // The tunnel counts by the time of this computer; the caller's clock may only be faster.
    await tunnel.ready(limitMs, until);
  } finally {
    over.abort();
  }
}

interface Peers {
  /** A tunnel that is up. */
  open(signal: AbortSignal): Promise<Tunnel>;
  /** The same with a new peer. */
  renew(signal: AbortSignal): Promise<Tunnel>;
  /** Whether Fly still knows the present one; `true` when nobody can tell. */
  isKnown(): Promise<boolean>;
}

function createPeers(
  api: PrivateNetworkApi,
  of: AppNetwork,
  slot: PeerSlot,
  confirmed: Promise<unknown>,
  { clock, hide }: Surroundings,
): Peers {
  let present: KeptPeer | null = null;
  const isKnown = async (): Promise<boolean> =>
    present === null || (await api.knowsPeer(present.address).catch(() => true));

  async function renew(signal: AbortSignal): Promise<Tunnel> {
    await confirmed;
    const before = present;
    const peer = await makePeer(api, of);
    hide(peer.privateKey);
    await slot.write(peer);
    present = peer;
    // Fly keeps peers for long, and nobody else would remove this one.
    if (before !== null) void api.removePeer(of.organization, before.name).catch(() => undefined);
    const tunnel = tunnelOf(peer);
    try {
      await becomeUp(tunnel, NEW_PEER_MS, clock, signal);
      return tunnel;
    } catch (error) {
      tunnel.close();
      signal.throwIfAborted();
      throw gatewaySilent(peer, error);
    }
  }

  return {
    isKnown,
    renew,
    async open(signal) {
      present = await slot.read();
      if (present === null) return renew(signal);
      hide(present.privateKey);
      const tunnel = tunnelOf(present);
      const attempt = new AbortController();
      const until = AbortSignal.any([signal, attempt.signal]);
      const ready = becomeUp(tunnel, SILENCE_MS + PATIENCE_MS, clock, until);
      try {
        if ((await isSilent(ready, clock)) && !(await isKnown())) throw new Error('forgotten');
        await ready;
        return tunnel;
      } catch {
        ready.catch(() => undefined);
        attempt.abort();
        tunnel.close();
        signal.throwIfAborted();
        // Also one that Fly knows: after a clock was set back a gateway takes no handshake with the old key.
        return renew(signal);
      }
    },
  };
}

async function makePeer(api: PrivateNetworkApi, of: AppNetwork): Promise<KeptPeer> {
  const { privateKey, publicKey } = generateKeyPair();
  const name = newPeerName();
  const { address, gateway } = await api.addPeer({ ...of, name, publicKey });
  return { name, privateKey, address, gateway };
}

function tunnelOf({ privateKey, address, gateway }: KeptPeer): Tunnel {
  return openTunnel({
    privateKey,
    address,
    peer: { publicKey: gateway.publicKey, allowedIps: [networkPrefix(address)] },
    handshakeRetryMs: HANDSHAKE_RETRY_MS,
    transports: [
      (receive) => udpEndpoint(gateway.host, UDP_PORT, receive),
      (receive) =>
        webSocketEndpoint({ host: gateway.host, port: WEB_SOCKET_PORT, afterMs: WEB_SOCKET_AFTER_MS }, receive),
    ],
  });
}

/** An organization's network is the first 48 bits of any address in it. */
function networkPrefix(address: string): string {
  const bytes = Buffer.alloc(16);
  parseAddress(address).copy(bytes, 0, 0, 6);
  return `${formatAddress(bytes)}/48`;
}

function gatewaySilent({ gateway }: KeptPeer, cause: unknown) {
  return flyError({
    code: 'FLY_GATEWAY_SILENT',
    kind: 'transport',
    retryable: true,
    message:
      `The WireGuard gateway ${gateway.host} has not answered within ${NEW_PEER_MS / 1_000} s, neither by UDP ` +
      `(port ${UDP_PORT}) nor by WebSocket (port ${WEB_SOCKET_PORT}).`,
    hint: 'A firewall may keep both away. Without the private network: connect with --method direct.',
    details: { gateway: gateway.host },
    cause,
  });
}

function tooMany() {
  return flyError({
    code: 'FLY_GATEWAY_BUSY',
    kind: 'refused',
    message: 'Too many commands of this user reach into the private network at a time.',
    hint: 'End one of them, or connect with --method direct.',
  });
}
