import path from 'node:path';
import type {
  ApplyReport,
  ConfigEdit,
  ConfigProblem,
  Environment,
  EnvironmentSummary,
  JsonValue,
  Plan,
} from '@sindri/core';
import { coreError } from '../error.js';
import { core } from '../lazy.js';
import type { Shell } from '../shell.js';
import type { ChangeRequest } from './change.js';
import { deploy, type DeployResult } from './deploy.js';
import type { ConfigValue, EditedConfig } from './edited-config.js';

/** How large the environment is to be. */
export interface Size {
  /** `8GB`, `512MB`; a bare number is in MB. */
  memory?: string;
  cpus?: string;
}

export interface ScaleResult {
  schema: 'sindri.scale/1';
  environment: string;
  provider: string;
  /** `planned` with `--dry-run`. */
  status: DeployResult['status'];
  config: {
    /** Absolute. */
    file: string;
    /** What a new value was set for; empty = the file said so already. */
    values: ConfigValue[];
    /** Whether the file was changed. */
    written: boolean;
  };
  plan: Plan;
  report: ApplyReport | null;
  summary: EnvironmentSummary | null;
}

const MEMORY = ['deployment', 'resources', 'memory'];
const CPUS = ['deployment', 'resources', 'cpus'];

/** The keys of a `sindri.yaml` that `size` sets. Throws `USAGE` for a size that cannot be read. */
export function sizeEdits({ memory, cpus }: Size): ConfigEdit[] {
  return [
    ...(memory === undefined ? [] : [{ path: MEMORY, value: memoryValue(memory) }]),
    ...(cpus === undefined ? [] : [{ path: CPUS, value: cpusValue(cpus) }]),
  ];
}

/**
 * Deploys what an edited config says, and puts the edit into its file as soon as everybody has agreed. After a refusal that has changed
 * nothing the file is as it was; after any other failure it stays, because a part of it may be true, and that is said. Rejects with what a
 * deploy rejects with, and with `CONFIG_CHANGED`.
 */
export async function scale(
  environment: Environment,
  shell: Shell,
  edited: EditedConfig,
  request: ChangeRequest,
): Promise<ScaleResult> {
  let written = false;
  const write = async (): Promise<void> => {
    await edited.write();
    written = edited.values.length > 0;
  };
  const shown = path.relative(shell.cwd, edited.file);
  const result = await deploy(environment, shell, { ...request, detach: false, begin: write }).catch(
    async (error: unknown) => {
      if (written) await tellAfter(error);
      throw error;
    },
  );
  if (result.status === 'unchanged') await write();
  const { environment: name, provider, status, plan, report, summary } = result;
  const config = { file: edited.file, values: edited.values, written };
  return { schema: 'sindri.scale/1', environment: name, provider, status, config, plan, report, summary };

  async function tellAfter(error: unknown): Promise<void> {
    if (!changedNothing(error)) {
      shell.say(() => `${shown} keeps its new values: sindri deploy goes on from here.`);
      return;
    }
    const restored = await edited.restore().catch(() => false);
    shell.say(() => (restored ? `${shown} is as it was.` : `${shown} could not be put back: it has its new values.`));
  }
}

/**
 * A refused size as it is told: the file does not have it, so no line of the file is named for it, and memory and CPUs, of which the one
 * may need the other, can be given together. Any other error as it is.
 */
export function explainSize(error: unknown, edited: EditedConfig | null): unknown {
  if (edited === null || !core().isSindriError(error) || error.code !== 'CONFIG_INVALID') return error;
  const problems = (error.details['problems'] ?? []) as unknown as ConfigProblem[];
  const isSize = ({ path: key }: ConfigProblem): boolean => [MEMORY, CPUS].some((size) => size.join('.') === key);
  if (!problems.some(isSize)) return error;
  const given = new Set(edited.values.map(({ path: key }) => key));
  const told = problems.map((problem) => (given.has(problem.path) ? withoutPlace(problem) : problem));
  return coreError({
    code: 'CONFIG_INVALID',
    kind: 'usage',
    message: error.message,
    hint: `${path.basename(edited.file)} was not changed. Memory and CPUs can be set together, for example: sindri scale memory 8GB --cpus 4`,
    details: { ...error.details, problems: told as unknown as JsonValue },
    cause: error,
  });
}

function withoutPlace({ file: _file, line: _line, column: _column, ...problem }: ConfigProblem): ConfigProblem {
  return problem;
}

/** Whether the platform has said no before anything was done. */
function changedNothing(error: unknown): boolean {
  const { kind, details } = core().toSindriError(error);
  const { outcomes = [] } = (details['report'] ?? {}) as Partial<ApplyReport>;
  const said = kind === 'refused' || kind === 'usage' || kind === 'auth' || kind === 'policy';
  return said && outcomes.every(({ status }) => status !== 'applied');
}

function memoryValue(text: string): string {
  const { parseSize, SizeError } = core();
  try {
    const mb = parseSize(text, 'memory');
    return mb >= 1024 && mb % 1024 === 0 ? `${mb / 1024}GB` : `${mb}MB`;
  } catch (error) {
    if (!(error instanceof SizeError)) throw error;
    throw usage(
      `The memory ${error.message.replaceAll('`', '"')}, got "${text}".`,
      'For example: sindri scale memory 8GB',
    );
  }
}

function cpusValue(text: string): number {
  const count = Number(text);
  if (/^\d+(\.\d+)?$/.test(text) && count > 0 && count <= 1024) return count;
  throw usage(`"${text}" is no number of CPUs.`, 'For example: sindri scale cpus 4');
}

function usage(message: string, hint: string) {
  return coreError({ code: 'USAGE', kind: 'usage', message, hint });
}
