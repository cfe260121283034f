import type { Environment, ListedSecret, Plan } from '@sindri/core';
import type { Shell } from '../shell.js';
import { walk, type ChangeRequest } from './change.js';
import { changeResult, type ChangeResult } from './change-result.js';
import { readAssignments, readDotenvInput, type GivenValues } from './secret-values.js';
import { coreError } from '../error.js';

export interface SecretsResult {
  schema: 'sindri.secrets/1';
  environment: string;
  provider: string;
  /** Sorted by name. No values. */
  secrets: ListedSecret[];
}

/** Every secret that is set, or named in the config. */
export async function listSecrets(environment: Environment): Promise<SecretsResult> {
  return {
    schema: 'sindri.secrets/1',
    environment: environment.spec.name,
    provider: environment.provider.name,
    secrets: await environment.secrets(),
  };
}

export interface SecretsRequest extends ChangeRequest {
  /** Keep what runs as it is. */
  stage?: boolean;
}

/** Sets what `words` say, see {@link readAssignments}. With a saved plan the values are given once more. */
export async function setSecrets(
  environment: Environment,
  shell: Shell,
  { words, allowEmpty, ...request }: SecretsRequest & { words: readonly string[]; allowEmpty: boolean },
): Promise<ChangeResult> {
  return change(environment, shell, await readAssignments(shell, words, { allowEmpty }), [], request);
}

/** Sets everything that a dotenv text on standard input has. Rejects with `USAGE` for a line that cannot be read, and sets nothing then. */
export async function importSecrets(
  environment: Environment,
  shell: Shell,
  request: SecretsRequest,
): Promise<ChangeResult> {
  return change(environment, shell, await readDotenvInput(shell), [], request);
}

/** Removes secrets; one that is not set is nothing to do. */
export async function unsetSecrets(
  environment: Environment,
  shell: Shell,
  { names, ...request }: SecretsRequest & { names: readonly string[] },
): Promise<ChangeResult> {
  if (names.length === 0 && request.plan === undefined) {
    throw coreError({
      code: 'USAGE',
      kind: 'usage',
      message: 'Which secret?',
      hint: 'Give its name: sindri secrets unset NAME',
    });
  }
  return change(environment, shell, {}, names, request);
}

/** Makes live what is staged. */
export async function deploySecrets(
  environment: Environment,
  shell: Shell,
  request: ChangeRequest,
): Promise<ChangeResult> {
  return changeResult(
    await walk(environment, shell, { wanted: { intent: 'secrets.deploy' }, look: look(environment) }, request),
  );
}

/** Gives the environment a token of its own. */
export async function protectEnvironment(
  environment: Environment,
  shell: Shell,
  { days, ...request }: ChangeRequest & { days: number | undefined },
): Promise<ChangeResult> {
  const wanted = { intent: 'secrets.protect', ...(days === undefined ? {} : { days }) } as const;
  return changeResult(await walk(environment, shell, { wanted, look: look(environment) }, request));
}

async function change(
  environment: Environment,
  shell: Shell,
  values: GivenValues,
  unset: readonly string[],
  { stage = false, ...request }: SecretsRequest,
): Promise<ChangeResult> {
  const names = Object.keys(values).sort();
  // With a saved plan only what is said is compared with it.
  const said = {
    ...(names.length === 0 && request.plan !== undefined ? {} : { set: names }),
    ...(unset.length === 0 && request.plan !== undefined ? {} : { unset: [...new Set(unset)].sort() }),
    ...(stage ? { stage } : {}),
  };
  const road = { wanted: { intent: 'secrets.set', ...said }, look: look(environment) } as const;
  return changeResult(await walk(environment, shell, road, { ...request, secretValues: values }));
}

function look(environment: Environment): (after: Plan) => ReturnType<Environment['status']> {
  return (after) => environment.status({ after });
}
