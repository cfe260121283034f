import { CONFORMANCE_CASES } from './cases/all.js';
import { createConfigLoader } from './config-loader.js';
import type { ConformanceCase } from './conformance-case.js';
import { declaredCapabilities, declaredModes, declaredPower } from './declared.js';
import type { CaseReport, ConformanceReport } from './report.js';
import { runCase } from './run-case.js';
import { skipReason } from './skip-reason.js';
import type { PlatformlessSubject, Subject } from './subject.js';

/** Who follows a run, and how it is cut short. */
export interface RunOptions {
  /** Ends the run; rejects with its reason. */
  signal?: AbortSignal;
  /** Called after each case, skipped ones included. */
  onCase?(report: CaseReport): void;
  /** How long one case may take. Default 60000. */
  caseTimeoutMs?: number;
}

/** One case for one subject: to be run, or skipped for a reason. */
export interface SelectedCase {
  case: ConformanceCase;
  /** Set when the case is skipped. Only what the provider declares decides, and what the subject is made of. */
  skip?: string;
}

/** Every case, and whether it applies to `subject`. */
export function selectCases(subject: Subject | PlatformlessSubject): SelectedCase[] {
  return CONFORMANCE_CASES.map((item) => {
    const skip = item.platform ? skipReason(item, subject) : undefined;
    return { case: item, ...(skip === undefined ? {} : { skip }) };
  });
}

/** Judges a provider: runs every case that applies, one after another, each in a fresh rig. */
export async function runConformance(
  subject: Subject | PlatformlessSubject,
  options: RunOptions = {},
): Promise<ConformanceReport> {
  const started = Date.now();
  const provider = subject.create();
  const cases: CaseReport[] = [];
  const loader = createConfigLoader();
  for (const { case: item, skip } of selectCases(subject)) {
    options.signal?.throwIfAborted();
    const report: CaseReport =
      skip === undefined
        ? await runCase(subject, item, options, loader)
        : { name: item.name, status: 'skipped', reason: skip, notes: [], elapsedMs: 0 };
    options.signal?.throwIfAborted();
    cases.push(report);
    options.onCase?.(report);
  }
  const count = (status: CaseReport['status']): number => cases.filter((item) => item.status === status).length;
  return {
    schema: 'sindri.conformance/1',
    provider: { name: provider.name, title: provider.title, apiVersion: provider.apiVersion },
    capabilities: declaredCapabilities(provider),
    power: declaredPower(provider),
    sessionModes: declaredModes(provider),
    status: count('failed') === 0 ? 'passed' : 'failed',
    passed: count('passed'),
    failed: count('failed'),
    skipped: count('skipped'),
    cases,
    elapsedMs: Date.now() - started,
  };
}
