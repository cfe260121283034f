import { selectCases, type RunOptions } from '../run.js';
import type { PlatformlessSubject, Subject } from '../subject.js';
import { runAsTest } from './runner.js';

/** The functions of `node:test` that are needed. */
export interface NodeTestFunctions {
  describe(name: string, body: () => void): unknown;
  test(name: string, options: { skip?: string | boolean }, body: () => Promise<void>): unknown;
}

/** Declares one `node:test` test for each case: `testConformance(subject, { describe, test })`. */
export function testConformance(
  subject: Subject | PlatformlessSubject,
  { describe, test }: NodeTestFunctions,
  options: Pick<RunOptions, 'caseTimeoutMs'> = {},
): void {
  describe(`conformance of ${subject.create().name}`, () => {
    for (const { case: item, skip } of selectCases(subject)) {
      test(item.name, skip === undefined ? {} : { skip }, async () => void (await runAsTest(subject, item, options)));
    }
  });
}
