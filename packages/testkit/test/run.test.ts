import type { Provider } from '@sindri/core';
import { CONFORMANCE_CASES } from '../src/cases/all.js';
import type { ConformanceCase } from '../src/conformance-case.js';
import { createReferenceSubject } from '../src/reference/subject.js';
import { runCase, runConformance, selectCases } from '../src/run.js';
import type { Subject } from '../src/subject.js';

/** A provider that declares nothing optional. */
function bare({ power, session, exec, dial, sshTarget, logs, artifacts, ...rest }: Provider): Provider {
  expect([power, session, exec, dial, sshTarget, logs, artifacts]).not.toContain(undefined);
  return { ...rest, capabilities: [] };
}

function platformCase(run: (bench: unknown) => Promise<void>): ConformanceCase {
  return { name: 'test: case', platform: true, run };
}

describe('skips', () => {
  test('follow what is not declared, with the reason', async () => {
    const report = await runConformance(createReferenceSubject(bare));
    expect(report).toMatchObject({ status: 'passed', failed: 0, capabilities: [] });
    const skipped = report.cases.filter(({ status }) => status === 'skipped');
    expect(skipped).toHaveLength(report.skipped);
    const needing = CONFORMANCE_CASES.filter((item) => item.platform && item.needs !== undefined);
    expect(skipped.map(({ name }) => name)).toEqual(needing.map(({ name }) => name));
    expect(skipped.find(({ name }) => name.startsWith('session: wakes'))?.reason).toBe(
      'the provider does not declare "session" and "power"',
    );
  });

  test('the one optional member of a capability is looked at, too', () => {
    const subject = createReferenceSubject((provider) => ({
      ...provider,
      power: { start: provider.power!.start, stop: provider.power!.stop },
    }));
    expect(selectCases(subject).filter(({ skip }) => skip !== undefined)).toMatchObject([
      { case: { name: 'power: suspend keeps it, start resumes it' }, skip: 'the provider has no "power.suspend"' },
    ]);
  });

  test('without a subject only the cases that need no platform run', async () => {
    const { create } = createReferenceSubject();
    const report = await runConformance({ create });
    expect(report).toMatchObject({ status: 'passed', failed: 0 });
    const pure = CONFORMANCE_CASES.filter(({ platform }) => !platform);
    expect(report.passed).toBe(pure.length);
    expect(new Set(report.cases.flatMap(({ reason }) => reason ?? []))).toEqual(
      new Set(['the package ships no conformance subject']),
    );
  });
});

describe('a case', () => {
  function rigged(rig: Partial<Awaited<ReturnType<Subject['setup']>>>): Subject {
    const subject = createReferenceSubject();
    return { ...subject, setup: async () => ({ ...(await subject.setup()), ...rig }) };
  }

  test('cleans up after itself, also when it fails', async () => {
    let torn = 0;
    const subject = rigged({ teardown: () => void torn++ });
    const failing = platformCase(async () => Promise.reject(new Error('as planned')));
    await expect(runCase(subject, failing)).resolves.toMatchObject({ status: 'failed', error: 'Error: as planned' });
    expect(torn).toBe(1);
  });

  test('that hangs ends as failed and is told to stop', async () => {
    let told: unknown;
    const hanging = platformCase(
      (bench) =>
        new Promise((_resolve, reject) => {
          const { signal } = bench as { signal: AbortSignal };
          signal.addEventListener('abort', () => {
            told = signal.reason;
            reject(signal.reason as Error);
          });
        }),
    );
    const report = await runCase(createReferenceSubject(), hanging, { caseTimeoutMs: 200 });
    expect(report).toMatchObject({ status: 'failed', error: 'Error: it did not end within 200 ms' });
    expect(told).toBeInstanceOf(Error);
  });

  test('with a config that its provider refuses says what is wrong with it', async () => {
    const subject = { ...createReferenceSubject(), config: 'name: 7\n' };
    const report = await runCase(
      subject,
      platformCase(async () => undefined),
    );
    expect(report.error).toMatch(/the config is refused: .*name/);
  });

  test('says what it looked at less closely', async () => {
    const closed = rigged({ inventory: undefined, interruptAfter: undefined, requests: undefined });
    const { cases, status } = await runConformance(closed);
    expect(status).toBe('passed');
    const interrupted = cases.find(({ name }) => name.startsWith('apply: an interrupted run'));
    expect(interrupted?.notes).toEqual([
      'The rig has no inventory; things that the provider lost sight of would not be noticed.',
      'The rig cannot interrupt after a write; runs were interrupted between changes only.',
    ]);
  });
});

test('a run that is cancelled rejects', async () => {
  const controller = new AbortController();
  const running = runConformance(createReferenceSubject(), {
    signal: controller.signal,
    onCase: () => controller.abort(new Error('enough')),
  });
  await expect(running).rejects.toThrow('enough');
});
