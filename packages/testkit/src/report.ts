import type { SessionMode } from '@sindri/core';
import type { PowerMember } from './declared.js';

/** What the kit found out about one provider. JSON. */
export interface ConformanceReport {
  schema: 'sindri.conformance/1';
  provider: { name: string; title: string; apiVersion: number };
  /** As declared by the provider. */
  capabilities: string[];
  /** The members of `power`: `start`, and at least one of `stop` and `suspend`. Empty without that capability. */
  power: PowerMember[];
  /** What sessions may be asked for. Empty without that capability. */
  sessionModes: SessionMode[];
  /** `aborted`: the run was ended before every case had its turn, and none of those that ran has failed. */
  status: 'passed' | 'failed' | 'aborted';
  passed: number;
  failed: number;
  skipped: number;
  cases: CaseReport[];
  elapsedMs: number;
}

/** How one case ended. */
export interface CaseReport {
  name: string;
  status: 'passed' | 'failed' | 'skipped';
  /** Why it was skipped. */
  reason?: string;
  /** What went wrong, in one sentence or a few lines. */
  error?: string;
  /** What was looked at less closely than possible, and why. */
  notes: string[];
  elapsedMs: number;
}
