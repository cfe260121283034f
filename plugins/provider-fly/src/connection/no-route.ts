import { isSindriError, type OperationContext } from '@sindri/core';
import type { StreamOpener } from '@sindri/ssh';

/** A network that has no way says so at once; longer waits tell nothing that the dialling later would not. */
const PROBE_MS = 3_000;

/**
 * Throws `SSH_UNREACHABLE` with the network's own reasons when this computer has no way to any of the addresses (most often: no
 * IPv6), before anything slow is done for a connection that cannot be made. Everything else is for the dialling to find out.
 */
export async function refuseWithoutRoute(
  via: StreamOpener,
  { signal, clock }: Pick<OperationContext, 'signal' | 'clock'>,
): Promise<void> {
  try {
    (await via.open({ signal, clock, timeoutMs: PROBE_MS })).stream.destroy();
  } catch (error) {
    signal.throwIfAborted();
    if (isWithoutRoute(error)) throw error;
  }
}

/** Reasons that stay the same however often one tries. */
const LASTING = new Set<unknown>(['unreachable', 'certificate']);

/** Whether another try is in vain: every one has failed for a reason that stays. */
export function isInVain(failures: readonly { reason?: unknown }[]): boolean {
  const reasons = failures.map(({ reason }) => reason);
  // Somebody who opens TLS on the way stays there; beside him a closed port tells nothing.
  const counted = reasons.includes('certificate') ? reasons.filter((reason) => reason !== 'refused') : reasons;
  return counted.length > 0 && counted.every((reason) => LASTING.has(reason));
}

function isWithoutRoute(error: unknown): boolean {
  if (!isSindriError(error) || error.code !== 'SSH_UNREACHABLE') return false;
  const addresses = error.details?.['addresses'];
  return Array.isArray(addresses) && isInVain(addresses as { reason?: unknown }[]);
}
