import { createHash } from 'node:crypto';
import type { AppRecord } from '../records.js';
import type { Store } from '../store.js';
import type { Platform } from './platform.js';

/**
 * The first 48 bits of the private addresses of an app, as `fdaa:x:y`: all apps of one organisation on one network share
 * them, and flyctl routes no more than these into its tunnel. In the canonical form, without leading zeros.
 */
export function networkPrefix({ state }: Store, app: Pick<AppRecord, 'org' | 'network'>): string {
  const { hostKeySeed } = state;
  const digest = createHash('sha256')
    .update(JSON.stringify([hostKeySeed, app.org, app.network]))
    .digest();
  // A zero in the last group would make another canonical form of every address.
  return `fdaa:${group(digest.readUInt8(0))}:${group(digest.readUInt16BE(1) || 1)}`;
}

/** An address inside that prefix. `ends` is its last group. */
export function privateAddress(platform: Platform, app: AppRecord, ends: string): string {
  const random = (): string => group(1 + Math.floor(platform.random() * 0xfffe));
  return `${networkPrefix(platform.store, app)}:a7b:${random()}:${random()}:${random()}:${ends}`;
}

const group = (value: number): string => value.toString(16);
