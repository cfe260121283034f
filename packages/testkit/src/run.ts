import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Provider } from '@sindri/core';
import { createBench } from './bench.js';
import { CONFORMANCE_CASES } from './cases/all.js';
import { createConfigLoader, type ConfigLoader } from './config-loader.js';
import type { ConformanceCase, PlatformCase } from './conformance-case.js';
import { describeThrown } from './expectations.js';
import { createPureBench } from './pure-bench.js';
import type { CaseReport, ConformanceReport } from './report.js';
import type { PlatformlessSubject, Rig, Subject } from './subject.js';

const DEFAULT_CASE_TIMEOUT_MS = 60_000;

export interface RunOptions {
  /** Ends the run; rejects with its reason. */
  signal?: AbortSignal;
  /** Called after each case. */
  onCase?(report: CaseReport): void;
  /** How long one case may take. Default 60000. */
  caseTimeoutMs?: number;
}

/** One case for one subject: to be run, or skipped for a reason. */
export interface SelectedCase {
  case: ConformanceCase;
  /** Set when the case is skipped. Only what the provider declares decides, and whether there is a platform at all. */
  skip?: string;
}

/** Every case, and whether it applies to `subject`. */
export function selectCases(subject: Subject | PlatformlessSubject): SelectedCase[] {
  const declared = declaredCapabilities(subject.create());
  return CONFORMANCE_CASES.map((item) => {
    const skip = item.platform ? skipReason(item, subject, declared) : undefined;
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
  for (const selected of selectCases(subject)) {
    options.signal?.throwIfAborted();
    const report =
      selected.skip === undefined
        ? await runCase(subject, selected.case, options, loader)
        : { name: selected.case.name, status: 'skipped' as const, reason: selected.skip, notes: [], elapsedMs: 0 };
    options.signal?.throwIfAborted();
    cases.push(report);
    options.onCase?.(report);
  }
  const count = (status: CaseReport['status']): number => cases.filter((item) => item.status === status).length;
  return {
    schema: 'sindri.conformance/1',
    provider: { name: provider.name, title: provider.title, apiVersion: provider.apiVersion },
    capabilities: declaredCapabilities(provider),
    status: count('failed') === 0 ? 'passed' : 'failed',
    passed: count('passed'),
    failed: count('failed'),
    skipped: count('skipped'),
    cases,
    elapsedMs: Date.now() - started,
  };
}

/** Runs one case. Never rejects: whatever is thrown is the case's failure. */
export async function runCase(
  subject: Subject | PlatformlessSubject,
  item: ConformanceCase,
  options: Pick<RunOptions, 'signal' | 'caseTimeoutMs'> = {},
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
  try {
    await withinTime(options, (signal) => perform(subject, item, { signal, loader, note: (text) => notes.push(text) }));
    return end({ status: 'passed' });
  } catch (error) {
    return end({ status: 'failed', error: describeThrown(error) });
  }
}

async function perform(
  subject: Subject | PlatformlessSubject,
  item: ConformanceCase,
  means: { signal: AbortSignal; loader: ConfigLoader; note(text: string): void },
): Promise<void> {
  if (!item.platform) {
    const config = 'config' in subject ? subject.config : undefined;
    return item.run(createPureBench({ create: () => subject.create(), config, ...means }));
  }
  if (!hasPlatform(subject)) throw new Error('this case needs a subject with a platform');
  const directory = await mkdtemp(join(tmpdir(), 'sindri-conformance-'));
  let rig: Rig | undefined;
  try {
    rig = await subject.setup();
    await item.run(await createBench({ subject, rig, stateDir: rig.stateDir ?? directory, ...means }));
  } finally {
    await rig?.teardown?.();
    await rm(directory, { recursive: true, force: true });
  }
}

/** A case that hangs must end as failed, and what it still does must be told to stop. */
async function withinTime(
  { signal, caseTimeoutMs = DEFAULT_CASE_TIMEOUT_MS }: Pick<RunOptions, 'signal' | 'caseTimeoutMs'>,
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
  try {
    await Promise.race([body(controller.signal), stopped]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  }
}

function skipReason(
  { needs = [], needsSuspend }: PlatformCase,
  subject: Subject | PlatformlessSubject,
  declared: readonly string[],
): string | undefined {
  const missing = needs.filter((capability) => !declared.includes(capability));
  if (missing.length > 0) return `the provider does not declare ${missing.map((name) => `"${name}"`).join(' and ')}`;
  if (needsSuspend === true && subject.create().power?.suspend === undefined)
    return 'the provider has no "power.suspend"';
  return hasPlatform(subject) ? undefined : 'the package ships no conformance subject';
}

function hasPlatform(subject: Subject | PlatformlessSubject): subject is Subject {
  return 'setup' in subject && typeof subject.setup === 'function';
}

function declaredCapabilities(provider: Provider): string[] {
  return Array.isArray(provider.capabilities) ? [...provider.capabilities] : [];
}
