import type { FieldDifference } from '@sindri/core';
import { metadataKeys, type MachineData } from '../../model.js';
import type { FlyDesired } from '../desired/desired.js';
import { checkTimes, printable, sameValue, type Compare, type Same } from './compare.js';
import { sameDuration } from './durations.js';
import { mergeServices } from './service-diff.js';
import { leakedVariables, ownVariables } from './own-variables.js';
import { sameImage } from './same-image.js';
import { recordedNames } from '../secrets/secrets-record.js';
import { asList, asMap, type JsonMap } from '../observed/json-maps.js';
import { settingsHash, toMachineConfig, toMetadata } from './machine-config.js';

/** How a live machine differs from the wanted one. */
export interface MachineDiff {
  /** Fields of the config: changing one makes a new version of the machine. */
  settings: FieldDifference[];
  /** What {@link MachineDiff.config} changes beyond these, and is worth no restart of its own. */
  along: FieldDifference[];
  /** Metadata: changed while the machine runs. */
  metadata: FieldDifference[];
  /** The live config with our fields replaced and everything else as it is. */
  config: JsonMap;
  /** The metadata entries to write. */
  metadataToSet: Record<string, string>;
}

/** Not in the mark of the settings: which secrets there are is remembered apart. */
const FILES = 'files';

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
  const along: FieldDifference[] = [];
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
    services: mergeServices(desired, live, wanted, compare, along),
    checks: mergeChecks(live, wanted, compare),
    restart: mergeRestart(live, wanted, compare),
    ...mergeFiles(live, wanted, new Set(recordedNames(machine.metadata)), compare),
  };
  // A preset name beside an explicit guest would be ambiguous.
  delete config['size'];

  // The same wish as last time and yet a difference: somebody else has changed the machine since.
  const changedElsewhere = machine.metadata[metadataKeys.specHash] === settingsHash(desired);
  const settings = found.map((difference) =>
    changedElsewhere && difference.field !== FILES
      ? { ...difference, why: 'changed outside Sindri since the last deploy' }
      : difference,
  );
  const metadata = metadataDifferences(machine, toMetadata(desired, secretNames));
  const metadataToSet = Object.fromEntries(metadata.map(({ key, to }) => [key, to]));
  config['metadata'] = { ...machine.metadata, ...metadataToSet };
  return {
    settings,
    along,
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
  compare(FILES, filesText(from.filter(isOurs)), filesText(to));
  const files = [...from.filter((file) => !isOurs(file)), ...to];
  return files.length === 0 && live['files'] === undefined ? {} : { files };
}

/** `/etc/app/key.pem from KEY (0600)`, one after the other. */
function filesText(files: readonly JsonMap[]): string | undefined {
  const texts = files.map(
    ({ guest_path: path, secret_name: secret, mode }) =>
      `${String(path)} from ${secret === undefined ? 'elsewhere' : String(secret)} (0${Number(mode ?? 0).toString(8)})`,
  );
  return texts.length === 0 ? undefined : texts.sort().join(', ');
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
