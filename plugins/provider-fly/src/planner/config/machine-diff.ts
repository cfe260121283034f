import type { FieldDifference, JsonValue } from '@sindri/core';
import { metadataKeys, type MachineData } from '../../model.js';
import type { FlyDesired } from '../desired/desired.js';
import { sameDuration } from './durations.js';
import { leakedVariables, ownVariables } from './own-variables.js';
import { sameImage } from './same-image.js';
import { recordedNames } from '../secrets/secrets-record.js';
import { asList, asMap, type JsonMap } from '../observed/json-maps.js';
import { settingsHash, toMachineConfig, toMetadata } from './machine-config.js';

/** How a live machine differs from the wanted one. */
export interface MachineDiff {
  /** Fields of the config: changing one makes a new version of the machine. */
  settings: FieldDifference[];
  /** Metadata: changed while the machine runs. */
  metadata: FieldDifference[];
  /** The live config with our fields replaced and everything else as it is. */
  config: JsonMap;
  /** The metadata entries to write. */
  metadataToSet: Record<string, string>;
}

type Same = (live: unknown, wanted: unknown) => boolean;

/**
 * Compares a live machine config with the wanted one, field by field, as the server may have written it: other spellings of
 * equal values and server defaults are no difference. What Sindri does not set (other services, checks, files, variables,
 * metadata) is neither compared nor touched.
 */
export function diffMachine(
  desired: FlyDesired,
  machine: MachineData,
  live: JsonMap,
  secretNames: readonly string[],
): MachineDiff {
  const wanted = toMachineConfig(desired, secretNames);
  const found: FieldDifference[] = [];
  const compare = (field: string, from: unknown, to: unknown, same: Same = sameValue): void => {
    if (!same(from, to)) found.push({ field, from: printable(from), to: printable(to) });
  };

  compare('image', live['image'], wanted['image'], (a, b) => sameImage(String(b), String(a ?? ''), machine.imageRef));
  const image = (found.length > 0 ? wanted['image'] : live['image']) ?? null;
  const config: JsonMap = {
    ...live,
    image,
    guest: mergeGuest(live, wanted, compare),
    init: mergeInit(live, wanted, compare),
    env: mergeEnv(live, wanted, compare),
    mounts: mergeMounts(live, wanted, compare),
    services: mergeServices(desired, live, wanted, compare),
    checks: mergeChecks(live, wanted, compare),
    restart: mergeRestart(live, wanted, compare),
    ...mergeFiles(live, wanted, new Set(recordedNames(machine.metadata)), compare),
  };
  // A preset name beside an explicit guest would be ambiguous.
  delete config['size'];

  // The same wish as last time and yet a difference: somebody else has changed the machine since.
  const changedElsewhere = machine.metadata[metadataKeys.specHash] === settingsHash(desired);
  const settings = found.map((difference) =>
    changedElsewhere ? { ...difference, why: 'changed outside Sindri since the last deploy' } : difference,
  );
  const metadata = metadataDifferences(machine, toMetadata(desired, secretNames));
  const metadataToSet = Object.fromEntries(metadata.map(({ key, to }) => [key, to]));
  config['metadata'] = { ...machine.metadata, ...metadataToSet };
  return {
    settings,
    metadata: metadata.map(({ key, from, to }) => ({ field: `metadata.${key}`, from, to })),
    config,
    metadataToSet,
  };
}

/**
 * Takes away what the original Sindri left in a machine's environment. Not part of the comparison: cleaning up is worth no
 * restart of its own, only to be done along with one.
 */
export function dropLeakedVariables(config: JsonMap): { config: JsonMap; differences: FieldDifference[] } {
  const env = asMap(config['env']);
  const leaked = Object.keys(env).filter((name) => leakedVariables.has(name));
  if (leaked.length === 0) return { config, differences: [] };
  const kept = Object.fromEntries(Object.entries(env).filter(([name]) => !leakedVariables.has(name)));
  return {
    config: { ...config, env: kept },
    differences: leaked.sort().map((name) => ({
      field: `env.${name}`,
      from: 'set',
      to: null,
      why: 'left behind by the original Sindri; nothing reads it and it goes stale',
    })),
  };
}

type Compare = (field: string, from: unknown, to: unknown, same?: Same) => void;

function mergeGuest(live: JsonMap, wanted: JsonMap, compare: Compare): JsonMap {
  const [from, to] = [asMap(live['guest']), asMap(wanted['guest'])];
  for (const key of ['cpu_kind', 'cpus', 'memory_mb']) compare(`guest.${key}`, from[key], to[key]);
  // Absent, empty and zero all say: no GPU.
  for (const key of ['gpu_kind', 'gpus']) compare(`guest.${key}`, from[key] || undefined, to[key]);
  const { gpu_kind: _kind, gpus: _count, ...rest } = from;
  return { ...rest, ...to };
}

function mergeInit(live: JsonMap, wanted: JsonMap, compare: Compare): JsonMap {
  const [from, to] = [asMap(live['init']), asMap(wanted['init'])];
  compare('init.swap_size_mb', from['swap_size_mb'] || undefined, to['swap_size_mb']);
  const { swap_size_mb: _swap, ...rest } = from;
  return { ...rest, ...to };
}

function mergeEnv(live: JsonMap, wanted: JsonMap, compare: Compare): JsonMap {
  const [from, to] = [asMap(live['env']), asMap(wanted['env'])];
  for (const name of [...ownVariables].sort()) compare(`env.${name}`, from[name], to[name]);
  const foreign = Object.entries(from).filter(([name]) => !ownVariables.has(name));
  return { ...Object.fromEntries(foreign), ...to };
}

function mergeMounts(live: JsonMap, wanted: JsonMap, compare: Compare): JsonMap[] {
  const mounts = asList(live['mounts']).map(asMap);
  const to = asMap(asList(wanted['mounts'])[0]);
  const from = mounts[0] ?? {};
  // A mount made over the API need not carry the volume's name.
  if (from['name'] !== undefined) compare('mounts.name', from['name'], to['name']);
  for (const key of ['path', 'extend_threshold_percent', 'add_size_gb', 'size_gb_limit']) {
    compare(`mounts.${key}`, from[key], to[key]);
  }
  return [{ ...from, ...to }, ...mounts.slice(1)];
}

/** Files from secrets that Sindri answers for, or at a path of ours; all others are left alone. */
function mergeFiles(
  live: JsonMap,
  wanted: JsonMap,
  recorded: ReadonlySet<string>,
  compare: Compare,
): { files?: JsonMap[] } {
  const [from, to] = [asList(live['files']).map(asMap), asList(wanted['files']).map(asMap)];
  const paths = new Set(to.map((file) => file['guest_path']));
  const isOurs = (file: JsonMap): boolean => paths.has(file['guest_path']) || recorded.has(String(file['secret_name']));
  const plain = (files: JsonMap[]): unknown[] =>
    files
      .map(({ guest_path, secret_name, mode }) => ({ guest_path, secret_name, mode: mode ?? 0 }))
      .sort((a, b) => (String(a.guest_path) < String(b.guest_path) ? -1 : 1));
  const before = plain(from.filter(isOurs));
  compare('files', before.length === 0 ? undefined : before, to.length === 0 ? undefined : plain(to));
  const files = [...from.filter((file) => !isOurs(file)), ...to];
  return files.length === 0 && live['files'] === undefined ? {} : { files };
}

function mergeServices(desired: FlyDesired, live: JsonMap, wanted: JsonMap, compare: Compare): JsonMap[] {
  const named = desired.services.map(({ name }, index) => ({ name, to: asMap(asList(wanted['services'])[index]) }));
  let services = asList(live['services']).map(asMap);
  for (const { name, to } of named) services = mergeService(name, services, to, compare);
  return services;
}

/** `live` with the service of our internal port as we want it; other services are left alone. */
function mergeService(name: string, live: JsonMap[], to: JsonMap, compare: Compare): JsonMap[] {
  const index = live.findIndex(
    (service) => service['internal_port'] === to['internal_port'] && (service['protocol'] ?? 'tcp') === 'tcp',
  );
  const from = live[index];
  const field = `services.${name}`;
  if (from === undefined) {
    compare(field, undefined, { internal_port: to['internal_port'], ports: to['ports'] });
    return [to, ...live];
  }
  compare(`${field}.autostop`, autostop(from['autostop']), to['autostop']);
  // Absent counts as what the API documents as the default.
  compare(`${field}.autostart`, from['autostart'] ?? false, to['autostart']);
  compare(`${field}.min_machines_running`, from['min_machines_running'] ?? 0, to['min_machines_running']);
  const merged: JsonMap = {
    ...from,
    ...to,
    ports: mergePorts(field, from, to, compare),
    checks: mergeServiceChecks(field, from, to, compare),
  };
  return live.map((service, position) => (position === index ? merged : service));
}

/** Requests say off, stop or suspend; replies say false, true or "suspend". */
function autostop(value: unknown): unknown {
  if (value === undefined || value === null || value === false) return 'off';
  return value === true ? 'stop' : value;
}

/** Ports without handlers are raw TCP and ours to decide; ports with handlers (TLS, HTTP) were added by somebody else. */
function mergePorts(service: string, from: JsonMap, to: JsonMap, compare: Compare): JsonMap[] {
  const wanted = asList(to['ports']).map(asMap);
  const wantedPorts = wanted.map(({ port }) => port);
  const live = asList(from['ports']).map(asMap);
  const isOurs = (port: JsonMap): boolean =>
    asList(port['handlers']).length === 0 || wantedPorts.includes(port['port'] ?? port['start_port']);
  const ours = live.filter(isOurs);
  compare(`${service}.ports`, ours.map(portText), wanted.map(portText));
  const unchanged = sameValue(ours.map(portText), wanted.map(portText));
  return [...(unchanged ? ours : wanted), ...live.filter((port) => !isOurs(port))];
}

function portText(port: JsonMap): JsonValue {
  const { port: single, start_port: start, end_port: end } = port;
  const handlers = asList(port['handlers']).join('+');
  const text = single ?? (start === end ? start : `${start}-${end}`);
  return handlers === '' ? printable(text) : `${text} ${handlers}`;
}

const checkTimes = ['interval', 'timeout', 'grace_period'];

function mergeServiceChecks(service: string, from: JsonMap, to: JsonMap, compare: Compare): JsonMap[] {
  const wanted = asMap(asList(to['checks'])[0]);
  const checks = asList(from['checks']).map(asMap);
  const index = checks.findIndex((check) => check['type'] === 'tcp');
  const live = checks[index];
  if (live === undefined) {
    compare(`${service}.checks.tcp`, undefined, wanted);
    return [wanted, ...checks];
  }
  for (const key of checkTimes) compare(`${service}.checks.tcp.${key}`, live[key], wanted[key], sameDuration);
  return checks.map((check, position) => (position === index ? { ...live, ...wanted } : check));
}

function mergeChecks(live: JsonMap, wanted: JsonMap, compare: Compare): JsonMap {
  const checks = asMap(live['checks']);
  const merged = { ...checks };
  for (const [name, to] of Object.entries(asMap(wanted['checks']))) {
    if (checks[name] === undefined) {
      compare(`checks.${name}`, undefined, to);
      merged[name] = to;
      continue;
    }
    const from = asMap(checks[name]);
    for (const key of ['type', 'port']) compare(`checks.${name}.${key}`, from[key], asMap(to)[key]);
    for (const key of checkTimes) compare(`checks.${name}.${key}`, from[key], asMap(to)[key], sameDuration);
    merged[name] = { ...from, ...asMap(to) };
  }
  return merged;
}

function mergeRestart(live: JsonMap, wanted: JsonMap, compare: Compare): JsonMap {
  const [from, to] = [asMap(live['restart']), asMap(wanted['restart'])];
  // Fly's documented default: a reply shows what was sent, nothing or an empty word included.
  const policy = from['policy'] || 'on-failure';
  compare('restart.policy', policy, to['policy']);
  compare('restart.max_retries', from['max_retries'] ?? (policy === 'on-failure' ? 10 : undefined), to['max_retries']);
  return { ...from, ...to };
}

function metadataDifferences(
  machine: MachineData,
  wanted: Record<string, string>,
): { key: string; from: string | null; to: string }[] {
  return Object.entries(wanted)
    .map(([key, to]) => ({ key, from: machine.metadata[key] ?? null, to }))
    .filter(({ from, to }) => from !== to);
}

function sameValue(live: unknown, wanted: unknown): boolean {
  return JSON.stringify(live ?? null) === JSON.stringify(wanted ?? null);
}

function printable(value: unknown): JsonValue {
  return (value ?? null) as JsonValue;
}
