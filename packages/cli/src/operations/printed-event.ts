import type { SindriEvent } from '@sindri/core';
import type { CaseReport } from '@sindri/testkit';
import type { ForwardedPort } from './forward-ports.js';

/** A port of the environment can be reached here: `forward` and `tunnel`. */
export interface ForwardReady extends ForwardedPort {
  type: 'forward.ready';
}

/** A case of the conformance kit has ended: `provider verify`. */
export interface ConformanceCaseEnded extends CaseReport {
  type: 'conformance.case';
}

/**
 * A line of `--output ndjson` that is no answer: what core and providers tell, and what the command line does by itself. Stable: `type` and the
 * documented fields. Not stable: texts, order between parallel changes, and which optional events appear. Never contains a secret.
 */
export type PrintedEvent = SindriEvent | ForwardReady | ConformanceCaseEnded;
