import { badRequest } from '../api-error.js';
import { parseGoDuration } from '../go-duration.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../json.js';
import type { CheckConfig, MachineConfig, ServiceConfig } from '../records.js';
import { checkGuest, resolveGuest } from './guests.js';
import { decodeShape } from './json-shape.js';
import { machineConfigShape } from './machine-config-shape.js';

const RESTART_POLICIES = ['no', 'on-failure', 'always', 'spot-price'];
const SCHEDULES = ['hourly', 'daily', 'weekly', 'monthly'];
const STOP_SIGNALS = ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGKILL', 'SIGUSR1', 'SIGUSR2', 'SIGTERM'];

/**
 * A request's `config` as the API will hold and show it: unknown keys dropped, defaults filled in, `autostop` in its
 * reply form. Throws 400 or 422 for what no machine could be made of. Apart from the guest limits the exact wording of
 * these refusals is not known (unsure).
 */
export function acceptMachineConfig(input: JsonValue | undefined): MachineConfig {
  const decoded = decodeShape(machineConfigShape, input, 'MachineConfig');
  if (!isJsonObject(decoded)) throw badRequest('invalid_argument: config is required');
  if (typeof decoded.image !== 'string' || decoded.image === '') {
    if (!Array.isArray(decoded.containers)) throw badRequest('invalid_argument: config.image is required');
  }
  const config: MachineConfig = {
    ...decoded,
    image: typeof decoded.image === 'string' ? decoded.image : '',
    init: (decoded.init ?? {}) as MachineConfig['init'],
    guest: resolveGuest(decoded.guest as JsonObject | undefined, decoded.size as string | undefined),
    restart: acceptRestart(decoded.restart as JsonObject | undefined, decoded.auto_destroy === true),
    metadata: (decoded.metadata ?? {}) as Record<string, string>,
  };
  if (config.services) config.services = config.services.map(acceptService);
  checkGuest(config.guest);
  checkFiles(config);
  checkMounts(config);
  checkChecks(config);
  checkStopping(config);
  return config;
}

function acceptRestart(restart: JsonObject | undefined, autoDestroy: boolean): MachineConfig['restart'] {
  // A machine that shall destroy itself is not restarted unless somebody asks for it (unsure).
  if (!restart) return autoDestroy ? { policy: 'no' } : {};
  const { policy } = restart;
  if (policy !== undefined && policy !== '' && !RESTART_POLICIES.includes(String(policy))) {
    throw badRequest(`invalid_argument: invalid config.restart.policy "${String(policy)}"`);
  }
  // Shown as it was sent: what is missing is filled in only where it is acted upon.
  return restart;
}

function acceptService(service: ServiceConfig): ServiceConfig {
  const { autostop, ...rest } = service as JsonObject;
  const accepted = normaliseAutostop(autostop);
  const protocol = service.protocol ?? 'tcp';
  if (protocol !== 'tcp' && protocol !== 'udp') {
    throw badRequest(`invalid_argument: invalid service protocol "${protocol}"`);
  }
  for (const port of service.ports ?? []) {
    for (const number of [port.port, port.start_port, port.end_port]) checkPort(number, 'services.ports.port');
  }
  checkPort(service.internal_port, 'services.internal_port');
  return {
    ...rest,
    ...(service.checks ? { checks: service.checks.map(limitGrace) } : {}),
    ...(accepted === undefined ? {} : { autostop: accepted }),
    // Replies carry this key even when nobody has set it.
    force_instance_key: service.force_instance_key ?? null,
  } as ServiceConfig;
}

const LONGEST_SERVICE_GRACE_MS = 60_000;

/** More than a minute is lowered to a minute, as flyctl warns (likely); a check at top level keeps what it asks for. */
function limitGrace(check: CheckConfig): CheckConfig {
  const graceMs = parseGoDuration(check.grace_period);
  return graceMs === null || graceMs <= LONGEST_SERVICE_GRACE_MS ? check : { ...check, grace_period: '1m0s' };
}

/** Replies show `false`, `true` and `"suspend"`; a spelling that Fly does not know counts as not given. */
function normaliseAutostop(value: JsonValue | undefined): boolean | 'suspend' | undefined {
  if (value === 'off' || value === false) return false;
  if (value === 'stop' || value === true) return true;
  if (value === 'suspend') return 'suspend';
  return undefined;
}

function checkPort(port: number | undefined, where: string): void {
  if (port !== undefined && (port < 1 || port > 65535)) {
    throw badRequest(`invalid_argument: invalid config.${where} ${port}`);
  }
}

function checkFiles(config: MachineConfig): void {
  for (const file of config.files ?? []) {
    if (typeof file.guest_path !== 'string' || !file.guest_path.startsWith('/')) {
      throw badRequest('invalid_argument: config.files.guest_path must be an absolute path');
    }
    const sources = [file.raw_value, file.secret_name, file.image_config].filter((source) => source !== undefined);
    if (sources.length !== 1) {
      throw badRequest('invalid_argument: config.files needs exactly one of raw_value, secret_name and image_config');
    }
  }
}

function checkMounts(config: MachineConfig): void {
  const mounts = config.mounts ?? [];
  if (mounts.length > 1) throw badRequest('invalid_argument: only one volume can be mounted');
  for (const mount of mounts) {
    if (!mount.volume) throw badRequest('invalid_argument: config.mounts.volume is required');
    if (!mount.path?.startsWith('/')) throw badRequest('invalid_argument: config.mounts.path must be an absolute path');
  }
}

function checkChecks(config: MachineConfig): void {
  const groups: [string, CheckConfig[]][] = [
    ['checks', Object.values(config.checks ?? {})],
    ['services.checks', (config.services ?? []).flatMap((service) => service.checks ?? [])],
  ];
  for (const [where, checks] of groups) {
    for (const check of checks) {
      if (check.type !== 'tcp' && check.type !== 'http') {
        throw badRequest(`invalid_argument: invalid config.${where}.type "${check.type ?? ''}"`);
      }
      for (const key of ['interval', 'timeout', 'grace_period'] as const) {
        checkDuration(check[key], `${where}.${key}`);
      }
      checkPort(check.port, `${where}.port`);
    }
  }
}

function checkStopping(config: MachineConfig): void {
  const signal = config.stop_config?.signal;
  if (signal !== undefined && !STOP_SIGNALS.includes(signal)) {
    throw badRequest(`invalid_argument: invalid config.stop_config.signal "${signal}"`);
  }
  checkDuration(config.stop_config?.timeout, 'stop_config.timeout');
  if (config.schedule !== undefined && !SCHEDULES.includes(config.schedule)) {
    throw badRequest(`invalid_argument: invalid config.schedule "${config.schedule}"`);
  }
}

function checkDuration(value: string | number | undefined, where: string): void {
  if (value !== undefined && parseGoDuration(value) === null) {
    throw badRequest(`invalid_argument: invalid config.${where} "${value}"`);
  }
}
