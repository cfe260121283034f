import type { ConformanceCase } from '../conformance-case.js';
import type { CaseReport } from '../report.js';
import { runCase } from '../run-case.js';
import type { RunOptions } from '../run.js';
import type { PlatformlessSubject, Subject } from '../subject.js';

/** Runs one case inside a foreign test runner: what the report calls failed, throws. */
export async function runAsTest(
  subject: Subject | PlatformlessSubject,
  item: ConformanceCase,
  options: Pick<RunOptions, 'caseTimeoutMs'>,
): Promise<CaseReport> {
  const report = await runCase(subject, item, options);
  if (report.status === 'failed') throw new Error(report.error);
  return report;
}
