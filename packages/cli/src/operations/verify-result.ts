import type { ConformanceReport } from '@sindri/testkit';

/** What the conformance kit found out about an installed provider, and where. */
export interface VerifyResult extends ConformanceReport {
  /**
   * Where the cases that need a platform ran: on what the package brings for this (`subject`), on the provider's local
   * emulator (`local`), or nowhere (`none`).
   */
  platform: 'subject' | 'local' | 'none';
  /** How to run the cases that had no platform. `null` when there are none, or no way. */
  next: string | null;
}
