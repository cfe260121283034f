import type { ConformanceCase } from '../conformance-case.js';
import type { CaseReport } from '../report.js';
import { runCase, type CaseLimits } from '../run-case.js';
import type { PlatformlessSubject, Subject } from '../subject.js';

/** Runs one case inside a foreign test runner: what the report calls failed, throws. */
export async function runAsTest(
  subject: Subject | PlatformlessSubject,
  item: ConformanceCase,
  limits: CaseLimits,
): Promise<CaseReport> {
  const report = await runCase(subject, item, limits);
  if (report.status === 'failed') throw new Error(report.error);
  return report;
}
