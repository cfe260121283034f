import type { Provider, ProviderSource } from '@sindri/core';
import type { CaseReport, ConformanceReport, PlatformlessSubject, Subject } from '@sindri/testkit';
import { formatCase } from '../format/conformance.js';
import { core, testkit } from '../lazy.js';
import type { Shell } from '../shell.js';
import { withLocalSubject } from './local-subject.js';
import type { ConformanceCaseEnded } from './printed-event.js';
import type { VerifyResult } from './verify-result.js';
import { coreError } from '../error.js';

export type { VerifyResult };

export interface VerifyRequest {
  name: string;
  /** Try it on its local emulator. */
  local: boolean;
  /** Only the cases that one of these patterns means. Default: all. */
  cases?: readonly string[];
  /** Ends the run after this time, in ms. */
  timeoutMs?: number;
}

/**
 * Checks an installed provider with the conformance kit: on its local emulator, or on the platform that its package ships a
 * conformance subject for. Without either only the cases that need no platform run, and the result says what to do about it.
 * Resolves with what is known so far when it is interrupted or runs out of time. Rejects with `USAGE` for a pattern that
 * means no case.
 */
export async function verifyProvider(shell: Shell, request: VerifyRequest): Promise<VerifyResult> {
  const { name, local } = request;
  // Before anything is started for it.
  const only = chosenCases(request.cases);
  const judge = (subject: Subject | PlatformlessSubject) =>
    // A platform of somebody's own may be slow, or cost something.
    runCases(shell, subject, { only, timeoutMs: request.timeoutMs, shareRigs: !local });
  const registry = shell.providers();
  const provider = await registry.get(name);
  const source = registry.list().find((candidate) => candidate.name === name);
  if (local) {
    const report = await withLocalSubject(shell, provider, judge);
    return { ...report, platform: 'local', next: null };
  }
  if (source?.conformance !== undefined) {
    const report = await judge(await loadSubject(shell, source, source.conformance));
    return { ...report, platform: 'subject', next: null };
  }
  const report = await judge({ create: () => provider });
  return { ...report, platform: 'none', next: howToGoOn(provider, source) };
}

/** The names that the patterns mean together, `undefined` for all. */
function chosenCases(patterns: readonly string[] | undefined): string[] | undefined {
  if (patterns === undefined) return undefined;
  const { CONFORMANCE_CASES, findCases } = testkit();
  return patterns.flatMap((pattern) => {
    const found = findCases(pattern);
    if (found.length > 0) return found;
    const names = CONFORMANCE_CASES.map(({ name }) => name);
    throw coreError({
      code: 'USAGE',
      kind: 'usage',
      message: `No case of the conformance kit matches "${pattern}".`,
      hint: `These are the cases:\n${names.map((name) => `  ${name}`).join('\n')}`,
      details: { pattern, cases: names },
    });
  });
}

function runCases(
  shell: Shell,
  subject: Subject | PlatformlessSubject,
  { only, timeoutMs, shareRigs }: { only: string[] | undefined; timeoutMs: number | undefined; shareRigs: boolean },
): Promise<ConformanceReport> {
  const { runConformance, selectCases } = testkit();
  const choice = only === undefined ? {} : { only };
  const total = selectCases(subject, choice).length;
  const signal = timeoutMs === undefined ? shell.signal : core().timeLimit(shell.signal, timeoutMs);
  let number = 0;
  return runConformance(subject, {
    ...choice,
    signal,
    caseTimeoutMs: 120_000,
    shareRigs,
    onCase(report: CaseReport) {
      number += 1;
      shell.stream({ type: 'conformance.case', ...report } satisfies ConformanceCaseEnded, () => '');
      if (report.status !== 'skipped') shell.say((style) => formatCase(report, { number, total }, style));
    },
  });
}

function howToGoOn({ name, title }: Provider, source: ProviderSource | undefined): string {
  return source?.local === undefined
    ? `Its package ships no conformance subject, and ${title} has no local emulator: only its authors can try the rest.`
    : `Try the rest on the local emulator: sindri provider verify ${name} --local`;
}

async function loadSubject(shell: Shell, { origin }: ProviderSource, file: string): Promise<Subject> {
  const broken = (reason: string, cause?: unknown) =>
    coreError({
      code: 'PROVIDER_BROKEN',
      kind: 'usage',
      message: `The conformance subject of ${origin} (${file}) ${reason}`,
      hint: `Tell the authors of ${origin}: the module must export createSubject().`,
      cause,
    });
  let loaded: { createSubject?: unknown; default?: { createSubject?: unknown } };
  try {
    loaded = (await shell.importModule(file)) as typeof loaded;
  } catch (error) {
    throw broken(`cannot be loaded: ${(error as Error).message}`, error);
  }
  const create = loaded.createSubject ?? loaded.default?.createSubject;
  if (typeof create !== 'function') throw broken('exports no createSubject.');
  return (await create()) as Subject;
}
