import type { ProviderSource } from '@sindri/core';
import type { CaseReport, ConformanceReport, PlatformlessSubject, Subject } from '@sindri/testkit';
import { formatCase } from '../format/conformance.js';
import { core, testkit } from '../lazy.js';
import type { Shell } from '../shell.js';

/**
 * Judges an installed provider by the conformance kit. Its package may ship a subject, with which the kit can deploy to a real
 * or pretended platform; without one only the cases that need no platform run.
 */
export async function verifyProvider(shell: Shell, name: string): Promise<ConformanceReport> {
  const registry = shell.providers();
  const provider = await registry.get(name);
  const source = registry.list().find((candidate) => candidate.name === name);
  const subject: Subject | PlatformlessSubject =
    source?.conformance === undefined
      ? { create: () => provider }
      : await loadSubject(shell, source, source.conformance);
  return testkit().runConformance(subject, {
    signal: shell.signal,
    onCase: (report: CaseReport) =>
      shell.stream({ type: 'conformance.case', ...report }, (style) => formatCase(report, style)),
  });
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
