import type { HeldAwake } from '@sindri/core';
import type { WireLease } from '../../api/types.js';

const FORM = /^sindri hold: (.*), by (\S+) #[\w-]+$/s;

/**
 * What the lease of a hold is called. Everybody who may read the machine sees it; by `id` the holder knows its own again.
 */
export function holdDescription(reason: string, by: string, id: string): string {
  return `sindri hold: ${reason}, by ${by.replaceAll(/\s/g, '-')} #${id}`;
}

/**
 * What a lease keeps the machine awake for; `null` for one that somebody has because he is changing the machine. Only the latter is a
 * reason to wait: whoever holds a machine awake does not mind what else is done to it.
 */
export function heldAwakeBy(lease: WireLease | null | undefined): HeldAwake | null {
  const match = FORM.exec(lease?.description ?? '');
  if (match === null) return null;
  const [, reason = '', by = ''] = match;
  return { reason, by, until: leaseEnd(lease) };
}

/** When a lease ends unless it is renewed; `null` when that is not told. */
export function leaseEnd(lease: WireLease | null | undefined): string | null {
  const seconds = lease?.expires_at ?? null;
  return seconds === null ? null : new Date(seconds * 1_000).toISOString();
}
