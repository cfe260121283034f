import { createPlace } from '../place.js';
import { selectCases, type RunOptions } from '../run.js';
import type { PlatformlessSubject, Subject } from '../subject.js';
import { runAsTest } from './runner.js';

/** The functions of jest (or vitest, which has the same) that are needed. */
export interface JestFunctions {
  describe(name: string, body: () => void): void;
  test: {
    (name: string, body: () => Promise<void>, timeoutMs?: number): void;
    skip(name: string, body: () => Promise<void>): void;
  };
  /** With it cases may share a rig: see `shareRigs`. */
  afterAll?(body: () => Promise<void>): void;
}

/**
 * Declares one jest test for each case: `describeConformance(subject, { describe, test })`. What the provider does not
 * declare is reported as skipped, with the reason in its name.
 */
export function describeConformance(
  subject: Subject | PlatformlessSubject,
  { describe, test, afterAll }: JestFunctions,
  options: Pick<RunOptions, 'caseTimeoutMs' | 'shareRigs'> = {},
): void {
  const { caseTimeoutMs = 60_000, shareRigs = false } = options;
  if (shareRigs && afterAll === undefined)
    throw new TypeError('"shareRigs" needs the function "afterAll" of the runner');
  describe(`conformance of ${subject.create().name}`, () => {
    const shared = shareRigs ? createPlace() : undefined;
    const limits = { caseTimeoutMs, ...(shared === undefined ? {} : { shared }) };
    if (shared !== undefined) afterAll?.(() => shared.close());
    for (const { case: item, skip } of selectCases(subject, { shareRigs })) {
      const run = async (): Promise<void> => void (await runAsTest(subject, item, limits));
      if (skip !== undefined) test.skip(`${item.name} (${skip})`, run);
      // The kit's own limit speaks first: it says which case hung.
      else test(item.name, run, caseTimeoutMs + 5000);
    }
  });
}
