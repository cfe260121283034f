import type { Environment, Finding } from '@sindri/core';
import { exitCodes } from '../exit-codes.js';

export interface DiagnoseResult {
  schema: 'sindri.diagnose/1';
  environment: string;
  provider: string;
  /** Whether no problem was found; warnings may be there. */
  ok: boolean;
  findings: Finding[];
  /** What could not be looked at. */
  unknown: string[];
}

/** What is wrong with the environment, and how to repair it. Changes nothing. */
export async function diagnose(environment: Environment): Promise<DiagnoseResult> {
  const { findings, unknown } = await environment.diagnose();
  return {
    schema: 'sindri.diagnose/1',
    environment: environment.spec.name,
    provider: environment.provider.name,
    ok: !findings.some(({ severity }) => severity === 'problem'),
    findings,
    unknown,
  };
}

/** A problem is no failure of the command, yet a script must be able to tell. */
export function diagnoseExitCode({ ok }: DiagnoseResult): number {
  return ok ? exitCodes.done : exitCodes.refused;
}
