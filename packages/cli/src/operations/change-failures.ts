import type { ApplyReport, EnvironmentSummary, JsonObject, SindriError, UnobservedResource } from '@sindri/core';
import { core } from '../lazy.js';
import { coreError } from '../error.js';

/** A failed apply, together with what is there now. */
export function withSummary(error: unknown, summary: EnvironmentSummary | null): unknown {
  const { toSindriError } = core();
  return summary === null ? error : extended(toSindriError(error), { summary: summary as unknown as JsonObject });
}

/** Everything was applied, but the look that was to prove it failed. */
export function failedAfterwards(error: unknown, report: ApplyReport): SindriError {
  const { toSindriError } = core();
  const known = toSindriError(error);
  const { resources } = known.details;
  // Core says of it that nothing was changed, which holds for the look alone.
  if (known.code === 'PLAN_UNOBSERVED' && Array.isArray(resources)) {
    return notAllSeen(resources as unknown as UnobservedResource[], report);
  }
  return extended(known, { report: report as unknown as JsonObject });
}

/** What was planned is done, but something could not be read: nobody knows whether that was all. */
export function notAllSeen(resources: readonly UnobservedResource[], report: ApplyReport): SindriError {
  const named = resources.map(({ type, name, reason }) => `${type} ${name}${reason === null ? '' : ` (${reason})`}`);
  return coreError({
    code: 'PLAN_UNOBSERVED',
    kind: 'incomplete',
    message: `The plan was applied, but nobody knows whether that was all: ${named.join(', ')} could not be read.`,
    hint: 'Run the command again; if it stays like this, look at the reason above.',
    retryable: true,
    details: { changes: [], resources: resources.map((one) => ({ ...one })), report: report as unknown as JsonObject },
  });
}

function extended(error: SindriError, details: JsonObject): SindriError {
  const { SindriError } = core();
  const { code, kind, message, hint, retryable } = error;
  return new SindriError({
    code,
    kind,
    message,
    hint,
    retryable,
    details: { ...error.details, ...details },
    cause: error,
  });
}
