import type { ConfigProblem } from '@sindri/core';
import { core } from '../lazy.js';
import type { Shell } from '../shell.js';

export interface ValidateResult {
  schema: 'sindri.config-validate/1';
  valid: boolean;
  file: string | null;
  problems: ConfigProblem[];
}

/** Everything that is wrong with, or worth a remark in, the config. Sends no request. */
export async function validate(shell: Shell, config: string | undefined): Promise<ValidateResult> {
  const { problems, file } = await core().validateConfig(
    { ...(config === undefined ? {} : { path: config }), cwd: shell.cwd },
    { env: shell.env, providers: shell.providers() },
  );
  return {
    schema: 'sindri.config-validate/1',
    valid: !problems.some(({ severity }) => severity === 'error'),
    file,
    problems,
  };
}
