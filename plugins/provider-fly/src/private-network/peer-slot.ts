import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { createFileStore, type FileStore, type JsonObject } from '@sindri/core';
import { parseAddress } from '@sindri/wireguard';
import { isClaimed, takeClaim } from './peer-claim.js';

/** A peer of ours, as it is kept for later commands. The private key never leaves this computer. */
export interface KeptPeer {
  name: string;
  privateKey: string;
  address: string;
  gateway: { host: string; publicKey: string };
}

/** The place of one peer, held by this process until it is released. */
export interface PeerSlot {
  /** The peer that an earlier command has left here; `null` when there is none, or none that can be read. */
  read(): Promise<KeptPeer | null>;
  write(peer: KeptPeer): Promise<void>;
  clear(): Promise<void>;
  release(): void;
}

/** So many commands of one user reach into one network at a time. */
const MOST_SLOTS = 16;

/**
 * The first place in `folder` of the state directory that no living process holds. Two processes must not use one peer at a time: the
 * gateway answers whoever has sent last, and both would fall silent in turns. Rejects with `STATE_UNUSABLE`; resolves with `null`
 * when all places are held.
 */
export async function holdPeerSlot(stateDir: string, folder: string): Promise<PeerSlot | null> {
  const store = createFileStore(stateDir);
  for (let number = 1; number <= MOST_SLOTS; number++) {
    const slot = await hold(store, `${folder}/${number}.json`);
    if (slot !== null) return slot;
  }
  return null;
}

/** A peer of ours whose key is here, and where. */
export interface FoundPeer {
  peer: KeptPeer;
  file: string;
  /** Ms since the epoch. */
  writtenAt: number;
  /** Whether a living process holds its place. */
  isHeld: boolean;
  /** `null` when another process was quicker. */
  hold(): Promise<PeerSlot | null>;
}

/** The peers in every folder whose path begins with `prefix`, such as those of all networks of an organization. */
export async function findPeers(stateDir: string, prefix: string): Promise<FoundPeer[]> {
  const store = createFileStore(stateDir);
  const [parent, start] = [path.posix.dirname(prefix), path.posix.basename(prefix)];
  const folders = (await namesIn(store.path(parent))).filter((name) => name.startsWith(start));
  const found = await Promise.all(
    folders.map(async (folder) => {
      const names = (await namesIn(store.path(`${parent}/${folder}`))).filter((name) => /^\d+\.json$/.test(name));
      return Promise.all(names.map((name) => findPeer(store, `${parent}/${folder}/${name}`)));
    }),
  );
  return found.flat().filter((one) => one !== null);
}

async function findPeer(store: FileStore, entry: string): Promise<FoundPeer | null> {
  const file = store.path(entry);
  const peer = await readPeer(store, entry);
  const written = await stat(file).catch(() => null);
  if (peer === null || written === null) return null;
  const isHeld = await isClaimed(claimOf(file));
  return { peer, file, writtenAt: written.mtimeMs, isHeld, hold: () => hold(store, entry) };
}

function namesIn(directory: string): Promise<string[]> {
  return readdir(directory).catch(() => []);
}

async function hold(store: FileStore, entry: string): Promise<PeerSlot | null> {
  const claim = await takeClaim(claimOf(store.path(entry)));
  if (claim === null) return null;
  return {
    read: () => readPeer(store, entry),
    write: (peer) => store.writeJson(entry, peer as unknown as JsonObject),
    clear: () => store.delete(entry),
    release: () => claim.release(),
  };
}

function claimOf(file: string): string {
  return `${file}.held`;
}

async function readPeer(store: FileStore, entry: string): Promise<KeptPeer | null> {
  return keptPeer(await store.readJson(entry).catch(() => null));
}

const KEY = /^[0-9A-Za-z+/]{43}=$/;

function keptPeer(value: unknown): KeptPeer | null {
  const { name, privateKey, address, gateway } = (value ?? {}) as Partial<KeptPeer>;
  const isWhole =
    typeof name === 'string' &&
    typeof privateKey === 'string' &&
    KEY.test(privateKey) &&
    typeof address === 'string' &&
    isAddress(address) &&
    typeof gateway?.host === 'string' &&
    gateway.host !== '' &&
    typeof gateway.publicKey === 'string' &&
    KEY.test(gateway.publicKey);
  return isWhole ? { name, privateKey, address, gateway } : null;
}

function isAddress(text: string): boolean {
  try {
    parseAddress(text);
    return true;
  } catch {
    return false;
  }
}
