import { CONFORMANCE_CASES } from './cases/all.js';
import { createConfigLoader } from './config-loader.js';
import type { ConformanceCase } from './conformance-case.js';
import { declaredCapabilities, declaredModes, declaredPower } from './declared.js';
import { createPlace } from './place.js';
import type { CaseReport, ConformanceReport } from './report.js';
import { runCase } from './run-case.js';
import { skipReason } from './skip-reason.js';
import type { PlatformlessSubject, Subject } from './subject.js';

/** Who follows a run, and how it is cut short. */
export interface RunOptions {
  /** Ends the run: the report then has what was found out so far, and the rest as skipped. */
  signal?: AbortSignal;
  /** Called after each case, skipped ones included. */
  onCase?(report: CaseReport): void;
  /** How long one case may take. Default 60000. */
  caseTimeoutMs?: number;
  /** Only the cases of these names are part of the run, see {@link findCases}. Default: all. */
  only?: readonly string[];
  /**
   * Cases that leave the environment as a deploy leaves it run last, one after another in one rig: half of the deploys, where they are
   * slow or paid for. After a failure the next one gets a fresh rig. Default: every case has its own.
   */
  shareRigs?: boolean;
}

/** One case for one subject: to be run, or skipped for a reason. */
export interface SelectedCase {
  case: ConformanceCase;
  /** Set when the case is skipped. Only what the provider declares decides, and what the subject is made of. */
  skip?: string;
}

/** Every case (of those named in `only`), and whether it applies to `subject`. */
export function selectCases(
  subject: Subject | PlatformlessSubject,
  { only, shareRigs = false }: Pick<RunOptions, 'only' | 'shareRigs'> = {},
): SelectedCase[] {
  const selected = CONFORMANCE_CASES.filter(({ name }) => only?.includes(name) ?? true).map((item): SelectedCase => {
    const skip = item.platform ? skipReason(item, subject) : undefined;
    return { case: item, ...(skip === undefined ? {} : { skip }) };
  });
  if (!shareRigs) return selected;
  const shares = ({ case: item }: SelectedCase): boolean => item.platform && item.leavesDeployed !== undefined;
  return [...selected.filter((item) => !shares(item)), ...selected.filter(shares)];
}

/**
 * The names of the cases that `pattern` means: a part of the name, or, with `*` and `?`, all of it. `exec` finds the group and
 * whoever mentions it, `exec:*` only the group. Upper and lower case are the same. Empty when there is none.
 */
export function findCases(pattern: string): string[] {
  const escaped = pattern.toLowerCase().replace(/[.+^${}()|[\]\\]/g, '\\$&');
  const isGlob = /[*?]/.test(pattern);
  const glob = new RegExp(`^${escaped.replace(/\*/g, '.*').replace(/\?/g, '.')}$`, 's');
  return CONFORMANCE_CASES.map(({ name }) => name).filter((name) =>
    isGlob ? glob.test(name.toLowerCase()) : name.toLowerCase().includes(pattern.toLowerCase()),
  );
}

/**
 * Judges a provider: runs every case that applies, one after another, each in a fresh rig. Resolves also when the run is
 * ended early: then nothing is started any more, what the case under way has made is removed, and the report says so.
 */
export async function runConformance(
  subject: Subject | PlatformlessSubject,
  options: RunOptions = {},
): Promise<ConformanceReport> {
  const { signal, onCase, shareRigs = false } = options;
  const shared = shareRigs ? createPlace() : undefined;
  const limits = { ...options, ...(shared === undefined ? {} : { shared }) };
  const started = Date.now();
  const provider = subject.create();
  const cases: CaseReport[] = [];
  const loader = createConfigLoader();
  const isOver = (): boolean => signal?.aborted === true;
  let unfinished = 0;
  for (const { case: item, skip } of selectCases(subject, options)) {
    const over = isOver();
    let report: CaseReport;
    if (skip !== undefined) report = skipped(item, skip);
    else if (over) report = skipped(item, 'the run was ended before this case');
    else report = await runCase(subject, item, limits, loader);
    if (!over && isOver() && report.status === 'failed') {
      // How it would have ended nobody knows; a clean-up that failed is told in its notes.
      report = { ...skipped(item, 'the run was ended during this case'), notes: report.notes };
    }
    if (skip === undefined && report.status === 'skipped') unfinished += 1;
    cases.push(report);
    // Who has ended the run does not wait for a list of what was not done.
    if (!over) onCase?.(report);
  }
  await shared?.close();
  const count = (status: CaseReport['status']): number => cases.filter((item) => item.status === status).length;
  return {
    schema: 'sindri.conformance/1',
    provider: { name: provider.name, title: provider.title, apiVersion: provider.apiVersion },
    capabilities: declaredCapabilities(provider),
    power: declaredPower(provider),
    sessionModes: declaredModes(provider),
    status: count('failed') > 0 ? 'failed' : unfinished > 0 ? 'aborted' : 'passed',
    passed: count('passed'),
    failed: count('failed'),
    skipped: count('skipped'),
    cases,
    elapsedMs: Date.now() - started,
  };
}

function skipped({ name }: ConformanceCase, reason: string): CaseReport {
  return { name, status: 'skipped', reason, notes: [], elapsedMs: 0 };
}
