import { describeConformance } from '../../src/adapters/jest.js';
import { createReferenceSubject } from '../../src/reference/subject.js';

// The real thing: every case is a test of this file.
describeConformance(createReferenceSubject(), { describe, test });

describe('with shared rigs', () => {
  describeConformance(createReferenceSubject(), { describe, test, afterAll }, { shareRigs: true });
});

describe('the adapter', () => {
  function record(subject: Parameters<typeof describeConformance>[0]) {
    const tests: { name: string; run: () => Promise<void>; skipped: boolean }[] = [];
    const test = Object.assign(
      (name: string, run: () => Promise<void>) => void tests.push({ name, run, skipped: false }),
      { skip: (name: string, run: () => Promise<void>) => void tests.push({ name, run, skipped: true }) },
    );
    describeConformance(subject, { describe: (_name, body) => body(), test });
    return tests;
  }

  test('skips with the reason in the name', () => {
    const { create } = createReferenceSubject();
    const skipped = record({ create }).filter((item) => item.skipped);
    expect(skipped.map(({ name }) => name)).toContain('plan: is pure (the package ships no conformance subject)');
  });

  test('a failed case is a failed test, with the reason', async () => {
    const subject = createReferenceSubject((provider) => ({ ...provider, title: '' }));
    const [identity] = record(subject);
    await expect(identity?.run()).rejects.toThrow('"title" must be a name for people');
  });
});
