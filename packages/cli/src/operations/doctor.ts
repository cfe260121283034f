import type { Environment, OperationContext, Provider } from '@sindri/core';
import { exitCodes } from '../exit-codes.js';
import { core, ssh } from '../lazy.js';
import type { Shell } from '../shell.js';
import { plainCommand, type NextCommand } from '../next-commands.js';
import { walkIn } from './doctor-connect.js';
import type { DoctorItem } from './doctor-item.js';
import { localPlace, openFor, stateDirFor, type OpenRequest } from './open.js';
import { listProviders } from './providers.js';

export interface DoctorResult {
  schema: 'sindri.doctor/1';
  /** Whether nothing failed. */
  ok: boolean;
  items: DoctorItem[];
}

/** What this version of Sindri runs on, see `engines` in package.json. */
const oldestNode = [20, 19] as const;

/**
 * Everything that must be in place before a deploy can work, each with its fix. Changes nothing. With `connect`, and where all of that is well,
 * also the way in, see {@link walkIn}.
 */
export async function doctor(
  shell: Shell,
  request: OpenRequest & { connect?: boolean; next?: NextCommand },
  nodeVersion: string,
): Promise<DoctorResult> {
  const items = [checkNode(nodeVersion)];
  const { environment, item } = await openConfig(shell, request);
  items.push(item, await checkKeys(shell, request, environment));
  items.push(...(await checkPlugins(shell)));
  if (environment !== null) items.push(...(await checkEnvironment(environment)));
  else items.push(...(await checkProviders(shell, request.local)));
  // A plugin that does not work is another provider's: this one's has been loaded.
  const isReady = !items.some(({ id, status }) => status === 'failed' && id !== 'plugin');
  if (request.connect === true && environment !== null && isReady) {
    items.push(...(await walkIn(environment, request.next ?? plainCommand, shell.signal)));
  }
  return { schema: 'sindri.doctor/1', ok: !items.some(({ status }) => status === 'failed'), items };
}

/** A wrong config first, then missing sign-in, then the rest: the order in which one repairs. */
export function doctorExitCode({ items }: DoctorResult): number {
  const failed = items.filter(({ status }) => status === 'failed');
  if (failed.length === 0) return exitCodes.done;
  if (failed.some(({ area }) => area === 'config')) return exitCodes.usage;
  return failed.some(({ id }) => id === 'token') ? exitCodes.auth : exitCodes.refused;
}

export function checkNode(version: string): DoctorItem {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  const fits = major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1]);
  const item = { area: 'computer', id: 'node', title: 'Node.js', message: version };
  return fits
    ? { ...item, status: 'ok' }
    : { ...item, status: 'failed', fix: `Install Node.js ${oldestNode.join('.')} or newer.` };
}

async function openConfig(
  shell: Shell,
  request: OpenRequest,
): Promise<{ environment: Environment | null; item: DoctorItem }> {
  const { toSindriError } = core();
  const about = { area: 'config', id: 'config', title: 'sindri.yaml' };
  try {
    const environment = await openFor(shell, request);
    const warnings = environment.warnings.length;
    return {
      environment,
      item: {
        ...about,
        status: warnings === 0 ? 'ok' : 'warning',
        message: `${environment.file ?? 'valid'}${warnings === 0 ? '' : `, ${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`}`,
        ...(warnings === 0 ? {} : { fix: 'See: sindri config validate' }),
      },
    };
  } catch (error) {
    const { code, message, hint } = toSindriError(error);
    // Somebody who has just installed Sindri has no config yet; that is no disease.
    const status = code === 'CONFIG_NOT_FOUND' ? 'skipped' : 'failed';
    const fix = code === 'CONFIG_INVALID' ? 'See every problem: sindri config validate' : hint;
    return { environment: null, item: { ...about, status, message, ...(fix === undefined ? {} : { fix }) } };
  }
}

async function checkKeys(shell: Shell, request: OpenRequest, environment: Environment | null): Promise<DoctorItem> {
  const identities = await ssh().findIdentities({
    env: shell.env,
    stateDir: stateDirFor(shell, request),
    environment: environment?.spec.name ?? '',
  });
  const [first] = identities;
  const named = first === undefined ? '' : first.kind === 'agent' ? `${first.comment} in the SSH agent` : first.path;
  return {
    area: 'computer',
    id: 'ssh-key',
    title: 'SSH key',
    status: 'ok',
    message: first === undefined ? missingKey(environment) : named,
  };
}

/** Only where SSH leads in, a deploy makes one. */
function missingKey(environment: Environment | null): string {
  if (environment === null || environment.provider.capabilities.includes('sshTarget')) {
    return 'none yet; deploy makes one for the environment';
  }
  return `none, and ${environment.provider.title} needs none`;
}

async function checkPlugins(shell: Shell): Promise<DoctorItem[]> {
  const { providers } = await listProviders(shell);
  return providers.flatMap(({ name, origin, problem }) =>
    problem === null
      ? []
      : [
          {
            area: name,
            id: 'plugin',
            title: `Plugin ${origin}`,
            status: 'failed' as const,
            message: problem.message,
            ...(problem.hint === undefined ? {} : { fix: problem.hint }),
          },
        ],
  );
}

async function checkEnvironment(environment: Environment): Promise<DoctorItem[]> {
  const { items } = await environment.check();
  const checked = items.map((item) => ({ ...item, area: environment.provider.name }));
  // Without a sign-in, say, nothing of it could be looked at.
  const canLook =
    environment.provider.capabilities.includes('diagnose') && items.every(({ status }) => status !== 'failed');
  return canLook ? [...checked, ...(await findSymptoms(environment))] : checked;
}

/** What `diagnose` finds, as checks: whoever has a trouble need not know which command to ask. */
export async function findSymptoms(environment: Environment): Promise<DoctorItem[]> {
  const area = environment.spec.name;
  const { findings, unknown } = await environment
    .diagnose()
    .catch((error: Error) => ({ findings: null, unknown: [error.message] }));
  const notLooked = unknown.map((message): DoctorItem => ({
    area,
    id: 'unknown',
    title: 'Not looked at',
    status: 'skipped',
    message,
  }));
  if (findings === null) return notLooked;
  const there = findings.filter(({ id }) => id !== 'not-deployed');
  if (findings.length > 0 && there.length === 0) return [];
  return [
    ...(there.length > 0
      ? []
      : [{ area, id: 'symptoms', title: 'Diagnosis', status: 'ok' as const, message: 'nothing found' }]),
    ...there.map(({ id, severity, title, cause, fix }): DoctorItem => {
      const steps = fix.map(({ text, command }) => [text, command].filter((part) => part !== null).join(' '));
      return {
        area,
        id,
        title,
        status: severity === 'problem' ? 'failed' : 'warning',
        message: cause,
        fix: steps.join('\n'),
      };
    }),
    ...notLooked,
  ];
}

/** Without a config: what every installed provider needs in general. */
async function checkProviders(shell: Shell, local: boolean): Promise<DoctorItem[]> {
  const registry = shell.providers();
  const usable = registry.list().filter((source) => !local || source.local !== undefined);
  const names = [...new Set(usable.map(({ name }) => name))];
  const reports = await Promise.all(
    names.map(async (name): Promise<DoctorItem[]> => {
      const provider = await registry.get(name).catch(() => null);
      return provider === null ? [] : checkProvider(shell, provider, local);
    }),
  );
  return reports.flat();
}

async function checkProvider(shell: Shell, provider: Provider, local: boolean): Promise<DoctorItem[]> {
  const { defaultStateDir, systemClock, toSindriError } = core();
  try {
    const place = local
      ? await localPlace(shell, provider.name)
      : { env: shell.env, stateDir: defaultStateDir(shell.env) };
    const context: OperationContext = {
      ...place,
      signal: shell.signal,
      emit: shell.emit,
      hide: (value) => shell.redactor.add(value),
      clock: systemClock,
      random: Math.random,
    };
    const { items } = await provider.check({}, context);
    return items.map((item) => ({ ...item, area: provider.name }));
  } catch (error) {
    const { message, hint } = toSindriError(error);
    return [
      {
        area: provider.name,
        id: 'check',
        title: provider.title,
        status: 'failed',
        message,
        ...(hint === undefined ? {} : { fix: hint }),
      },
    ];
  }
}
