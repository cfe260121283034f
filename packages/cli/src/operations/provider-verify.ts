import type { Provider, ProviderSource } from '@sindri/core';
import type { CaseReport, ConformanceReport, PlatformlessSubject, Subject } from '@sindri/testkit';
import { formatCase } from '../format/conformance.js';
import { core, testkit } from '../lazy.js';
import type { Shell } from '../shell.js';
import { withLocalSubject } from './local-subject.js';

export interface VerifyRequest {
  name: string;
  /** Try it on its local stand-in. */
  local: boolean;
}

export interface VerifyResult extends ConformanceReport {
  /**
   * Where the cases that need a platform ran: on what the package brings for this (`subject`), on the provider's local
   * stand-in (`local`), or nowhere (`none`).
   */
  platform: 'subject' | 'local' | 'none';
  /** How to run the cases that had no platform. `null` when there are none, or no way. */
  next: string | null;
}

/**
 * Judges an installed provider by the conformance kit: on its local stand-in, or on the platform that its package ships a
 * conformance subject for. Without either only the cases that need no platform run, and the result says what to do about it.
 */
export async function verifyProvider(shell: Shell, { name, local }: VerifyRequest): Promise<VerifyResult> {
  const registry = shell.providers();
  const provider = await registry.get(name);
  const source = registry.list().find((candidate) => candidate.name === name);
  if (local) {
    const report = await withLocalSubject(shell, provider, (subject) => judge(shell, subject));
    return { ...report, platform: 'local', next: null };
  }
  if (source?.conformance !== undefined) {
    const report = await judge(shell, await loadSubject(shell, source, source.conformance));
    return { ...report, platform: 'subject', next: null };
  }
  const report = await judge(shell, { create: () => provider });
  return { ...report, platform: 'none', next: howToGoOn(provider, source) };
}

function judge(shell: Shell, subject: Subject | PlatformlessSubject): Promise<ConformanceReport> {
  const { runConformance, selectCases } = testkit();
  const total = selectCases(subject).length;
  let number = 0;
  return runConformance(subject, {
    signal: shell.signal,
    caseTimeoutMs: 120_000,
    onCase(report: CaseReport) {
      number += 1;
      shell.stream({ type: 'conformance.case', ...report }, () => '');
      if (report.status !== 'skipped') shell.say((style) => formatCase(report, { number, total }, style));
    },
  });
}

function howToGoOn({ name, title }: Provider, source: ProviderSource | undefined): string {
  return source?.local === undefined
    ? `Its package ships no conformance subject, and ${title} has no local stand-in: only its authors can try the rest.`
    : `Try the rest on the local stand-in: sindri provider verify ${name} --local`;
}

async function loadSubject(shell: Shell, { origin }: ProviderSource, file: string): Promise<Subject> {
  const { SindriError } = core();
  const broken = (reason: string, cause?: unknown) =>
    new SindriError({
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
