import { createBench, type Bench } from './bench.js';
import { createConfigLoader, type ConfigLoader } from './config-loader.js';
import type { ConformanceCase, PlatformCase } from './conformance-case.js';
import { describeThrown } from './expectations.js';
import { createPlace, type Place } from './place.js';
import { createPureBench } from './pure-bench.js';
import type { CaseReport } from './report.js';
import { hasPlatform } from './skip-reason.js';
import type { PlatformlessSubject, Subject } from './subject.js';

const DEFAULT_CASE_TIMEOUT_MS = 60_000;
/** How long a case that was told to stop may take to do so, before its rig is taken down under it. */
const STOP_MS = 5000;

/** What bounds one case. */
export interface CaseLimits {
  signal?: AbortSignal;
  caseTimeoutMs?: number;
  /** For cases that leave the environment as a deploy leaves it: they use it one after another. Absent = each has its own. */
  shared?: Place;
}

/** What a case is run with. */
interface Means {
  limits: CaseLimits;
  loader: ConfigLoader;
  note(text: string): void;
}

/**
 * Runs one case. Never rejects: whatever is thrown is the case's failure. What `setup` began is ended by `teardown` whatever
 * happens, also after an abort.
 */
export async function runCase(
  subject: Subject | PlatformlessSubject,
  item: ConformanceCase,
  limits: CaseLimits = {},
  loader: ConfigLoader = createConfigLoader(),
): Promise<CaseReport> {
  const started = Date.now();
  const notes: string[] = [];
  const end = (rest: Pick<CaseReport, 'status' | 'error'>): CaseReport => ({
    name: item.name,
    ...rest,
    notes,
    elapsedMs: Date.now() - started,
  });
  const note = (text: string): void => {
    if (!notes.includes(text)) notes.push(text);
  };
  const means: Means = { limits, loader, note };
  try {
    if (item.platform) await runInRig(subject, item, means);
    else {
      const config = 'config' in subject ? subject.config : undefined;
      await withinTime(limits, async (signal) =>
        item.run(createPureBench({ create: () => subject.create(), config, loader, signal, note })),
      );
    }
    return end({ status: 'passed' });
  } catch (error) {
    return end({ status: 'failed', error: describeThrown(error) });
  }
}

async function runInRig(subject: Subject | PlatformlessSubject, item: PlatformCase, means: Means): Promise<void> {
  if (!hasPlatform(subject)) throw new Error('this case needs a subject with a platform');
  const { limits, loader, note } = means;
  const shared = item.leavesDeployed === undefined ? undefined : limits.shared;
  // Never two at once: a subject may have one platform, and one name on it.
  if (shared === undefined) await limits.shared?.close();
  const place = shared ?? createPlace();
  const failures: unknown[] = [];
  const keepFailure = (error: unknown): void => void failures.push(error);
  await withinTime(limits, async (signal) => {
    const bench = await createBench({ subject, place: await place.open(subject), loader, signal, note });
    await item.run(bench);
    if (shared !== undefined && item.leavesDeployed === 'asleep') await wake(bench, place);
  }).catch(keepFailure);
  // What a case leaves that has failed nobody can rely on.
  if (shared === undefined || failures.length > 0) await place.close().catch(keepFailure);
  const [first, second] = failures;
  if (second !== undefined) note(`Afterwards the clean-up failed, too: ${describeThrown(second)}`);
  if (failures.length > 0) throw first;
}

/** For the next case in the same rig, which gets a fresh one if that fails: this case has ended well. */
async function wake({ provider, spec, context }: Bench, place: Place): Promise<void> {
  await provider.power?.start(spec, context()).catch(() => place.close());
}

/** A case that hangs must end as failed, and what it still does must be told to stop. */
async function withinTime(
  { signal, caseTimeoutMs = DEFAULT_CASE_TIMEOUT_MS }: CaseLimits,
  body: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const controller = new AbortController();
  let stop: (error: Error) => void = () => undefined;
  const stopped = new Promise<never>((_resolve, reject) => (stop = reject));
  const end = (error: Error): void => {
    controller.abort(error);
    stop(error);
  };
  const onAbort = (): void => end(new DOMException('the run was cancelled', 'AbortError'));
  const timer = setTimeout(() => end(new Error(`it did not end within ${caseTimeoutMs} ms`)), caseTimeoutMs);
  signal?.addEventListener('abort', onAbort, { once: true });
  const running = body(controller.signal);
  try {
    await Promise.race([running, stopped]);
  } catch (error) {
    if (controller.signal.aborted) await settled(running);
    throw error;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  }
}

/** Waits until a case that was told to stop has done so, but not for ever. */
async function settled(running: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const enough = new Promise<void>((resolve) => (timer = setTimeout(resolve, STOP_MS)));
  await Promise.race([running.catch(() => undefined), enough]);
  clearTimeout(timer);
}
