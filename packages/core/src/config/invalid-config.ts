import type { SindriError } from '../model/errors.js';
import type { JsonValue } from '../model/json.js';
import type { ConfigProblem } from '../model/problem.js';
import { coreError } from '../model/core-error.js';

/** `CONFIG_INVALID` about `subject`, with everything that is wrong in `details.problems`. */
export function invalidConfig(subject: string, problems: readonly ConfigProblem[]): SindriError {
  const errors = problems.filter(({ severity }) => severity === 'error');
  const [first] = errors;
  const message =
    errors.length === 1 && first !== undefined
      ? `${subject} is not valid: ${first.message}`
      : `${subject} has ${errors.length} problems.`;
  return coreError({
    code: 'CONFIG_INVALID',
    kind: 'usage',
    message,
    hint: errors.length === 1 ? first?.hint : undefined,
    details: { problems: problems.map((problem) => ({ ...problem }) as unknown as JsonValue) },
  });
}
