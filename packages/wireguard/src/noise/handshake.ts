import { openField, sealField, TAG_BYTES } from './aead.js';
import { hash, kdf1, kdf2, kdf3 } from './hashes.js';
import { KEY_BYTES, PrivateKey, PublicKey, type RandomBytes } from './keys.js';
import { Initiation, MessageType, Response } from './messages.js';
import { TIMESTAMP_BYTES } from './timestamp.js';

/** Noise_IKpsk2 as WireGuard uses it (paper, sections 5.4.2 and 5.4.3). The messages leave here without their MACs: see `macs.ts`. */
const INITIAL_CHAINING_KEY = hash(Buffer.from('Noise_IKpsk2_25519_ChaChaPoly_BLAKE2s'));
const INITIAL_HASH = hash(INITIAL_CHAINING_KEY, Buffer.from('WireGuard v1 zx2c4 Jason@zx2c4.com'));
const EMPTY = Buffer.alloc(0);

/** The result of a handshake: one key for each direction, and the handle by which the other side finds its half. */
export interface TransportKeys {
  sendKey: Buffer;
  receiveKey: Buffer;
  remoteIndex: number;
}

/** What an initiator keeps until the response comes. */
export interface PendingInitiation {
  localIndex: number;
  chainingKey: Buffer;
  hash: Buffer;
  ephemeral: PrivateKey;
}

/** What a responder learns from an initiation. */
export interface OpenedInitiation {
  remoteIndex: number;
  remoteStatic: Buffer;
  remoteEphemeral: PublicKey;
  timestamp: Buffer;
  chainingKey: Buffer;
  hash: Buffer;
}

/** Makes an initiation for `remote`. `timestamp` must be later than in every initiation before. */
export function createInitiation(
  local: PrivateKey,
  remote: PublicKey,
  localIndex: number,
  timestamp: Buffer,
  random: RandomBytes,
): { message: Buffer; pending: PendingInitiation } {
  const ephemeral = PrivateKey.generate(random);
  const message = Buffer.alloc(Initiation.bytes);
  message[0] = MessageType.initiation;
  message.writeUInt32LE(localIndex, Initiation.sender);
  ephemeral.publicKey.raw.copy(message, Initiation.ephemeral);

  let transcript = hash(hash(INITIAL_HASH, remote.raw), ephemeral.publicKey.raw);
  let chainingKey = kdf1(INITIAL_CHAINING_KEY, ephemeral.publicKey.raw);
  let key: Buffer;
  [chainingKey, key] = kdf2(chainingKey, ephemeral.diffieHellman(remote));
  const sealedStatic = sealField(key, local.publicKey.raw, transcript);
  sealedStatic.copy(message, Initiation.static);
  transcript = hash(transcript, sealedStatic);

  [chainingKey, key] = kdf2(chainingKey, local.diffieHellman(remote));
  const sealedTimestamp = sealField(key, timestamp, transcript);
  sealedTimestamp.copy(message, Initiation.timestamp);
  transcript = hash(transcript, sealedTimestamp);
  return { message, pending: { localIndex, chainingKey, hash: transcript, ephemeral } };
}

/**
 * Opens an initiation meant for `local`, or `null` when it is not authentic. `knows` says whether the static key in it belongs to
 * a peer; for a stranger the more costly second half is not computed.
 */
export function openInitiation(
  local: PrivateKey,
  message: Buffer,
  knows: (remoteStatic: Buffer) => PublicKey | null,
): OpenedInitiation | null {
  const ephemeralBytes = slice(message, Initiation.ephemeral, KEY_BYTES);
  const remoteEphemeral = new PublicKey(ephemeralBytes);
  let transcript = hash(hash(INITIAL_HASH, local.publicKey.raw), ephemeralBytes);
  let chainingKey = kdf1(INITIAL_CHAINING_KEY, ephemeralBytes);
  let key: Buffer;
  const shared = agree(local, remoteEphemeral);
  if (shared === null) return null;
  [chainingKey, key] = kdf2(chainingKey, shared);
  const sealedStatic = slice(message, Initiation.static, KEY_BYTES + TAG_BYTES);
  const remoteStatic = openField(key, sealedStatic, transcript);
  if (remoteStatic === null) return null;
  const remote = knows(remoteStatic);
  if (remote === null) return null;
  transcript = hash(transcript, sealedStatic);

  const staticShared = agree(local, remote);
  if (staticShared === null) return null;
  [chainingKey, key] = kdf2(chainingKey, staticShared);
  const sealedTimestamp = slice(message, Initiation.timestamp, TIMESTAMP_BYTES + TAG_BYTES);
  const timestamp = openField(key, sealedTimestamp, transcript);
  if (timestamp === null) return null;
  transcript = hash(transcript, sealedTimestamp);
  const remoteIndex = message.readUInt32LE(Initiation.sender);
  return { remoteIndex, remoteStatic, remoteEphemeral, timestamp, chainingKey, hash: transcript };
}

/** Answers an initiation. The keys may be used for sending only once something has arrived under them (section 5.4.6). */
export function createResponse(
  opened: OpenedInitiation,
  remote: PublicKey,
  presharedKey: Buffer,
  localIndex: number,
  random: RandomBytes,
): { message: Buffer; keys: TransportKeys } | null {
  const ephemeral = PrivateKey.generate(random);
  const message = Buffer.alloc(Response.bytes);
  message[0] = MessageType.response;
  message.writeUInt32LE(localIndex, Response.sender);
  message.writeUInt32LE(opened.remoteIndex, Response.receiver);
  ephemeral.publicKey.raw.copy(message, Response.ephemeral);
  const first = agree(ephemeral, opened.remoteEphemeral);
  const second = agree(ephemeral, remote);
  if (first === null || second === null) return null;
  const state = mixResponse(opened.chainingKey, opened.hash, ephemeral.publicKey.raw, first, second, presharedKey);
  sealField(state.key, EMPTY, state.hash).copy(message, Response.empty);
  const [receiveKey, sendKey] = kdf2(state.chainingKey, EMPTY);
  return { message, keys: { sendKey, receiveKey, remoteIndex: opened.remoteIndex } };
}

/** Ends a handshake as its initiator, or `null` when the response does not belong to it or is not authentic. */
export function openResponse(
  local: PrivateKey,
  pending: PendingInitiation,
  presharedKey: Buffer,
  message: Buffer,
): TransportKeys | null {
  const ephemeralBytes = slice(message, Response.ephemeral, KEY_BYTES);
  const remoteEphemeral = new PublicKey(ephemeralBytes);
  const first = agree(pending.ephemeral, remoteEphemeral);
  const second = agree(local, remoteEphemeral);
  if (first === null || second === null) return null;
  const state = mixResponse(pending.chainingKey, pending.hash, ephemeralBytes, first, second, presharedKey);
  if (openField(state.key, slice(message, Response.empty, TAG_BYTES), state.hash) === null) return null;
  const [sendKey, receiveKey] = kdf2(state.chainingKey, EMPTY);
  return { sendKey, receiveKey, remoteIndex: message.readUInt32LE(Response.sender) };
}

function mixResponse(
  startKey: Buffer,
  startHash: Buffer,
  ephemeral: Buffer,
  first: Buffer,
  second: Buffer,
  presharedKey: Buffer,
): { chainingKey: Buffer; hash: Buffer; key: Buffer } {
  const transcript = hash(startHash, ephemeral);
  const mixed = kdf1(kdf1(kdf1(startKey, ephemeral), first), second);
  const [chainingKey, temporary, key] = kdf3(mixed, presharedKey);
  return { chainingKey, hash: hash(transcript, temporary), key };
}

/** `null` for the points that lead to an all-zero secret, which nobody honest sends. */
function agree(privateKey: PrivateKey, publicKey: PublicKey): Buffer | null {
  try {
    return privateKey.diffieHellman(publicKey);
  } catch {
    return null;
  }
}

function slice(message: Buffer, start: number, length: number): Buffer {
  return Buffer.from(message.subarray(start, start + length));
}
