import { parse, TomlError } from 'smol-toml';
import { flyError } from '../../fly-error.js';
import { listAnd } from '../words.js';
import type { JsonMap } from '../observed/json-maps.js';
import { guestFrom } from './toml-guest.js';
import { servicesFrom, toCheck } from './toml-services.js';
import {
  durationAt,
  gigabytesAt,
  integerAt,
  invalidToml,
  refuseKey,
  tableAt,
  tablesAt,
  textAt,
  textsAt,
  type TomlTable,
} from './toml-values.js';

/** What a fly.toml asks for. */
export interface FlyToml {
  app: string | null;
  region: string | null;
  /** The config that flyctl sends for a machine of it, without metadata and without the volume's id. */
  config: JsonMap;
  /** The volume that it makes for a first machine. */
  volume: { name: string; sizeGb: number; snapshotRetention: number | null } | null;
  /** Keys that flyctl alone makes something of, such as `deploy.release_command`. */
  flyctlOnly: string[];
}

/** Sections of which there may be one table or a list, under any of several names. */
const ALIASES: Readonly<Record<string, string>> = { mount: 'mounts', compute: 'vm', computes: 'vm', metric: 'metrics' };

/** What a machine config has of a fly.toml; everything else is flyctl's own affair. */
const KNOWN = new Set([
  ...['app', 'primary_region', 'kill_signal', 'kill_timeout', 'swap_size_mb', 'env', 'processes', 'mounts', 'services'],
  ...['http_service', 'checks', 'files', 'restart', 'vm', 'statics', 'metrics', 'experimental', 'build', 'deploy'],
]);

/** How flyctl itself deploys, which changes nothing about what is there afterwards. */
const OF_NO_WEIGHT = new Set(['strategy', 'wait_timeout', 'max_unavailable', 'release_command_timeout']);

/**
 * Reads a fly.toml by the rules of flyctl: older spellings, one table for a list of one, numbers for texts. Pure. Throws
 * `FLY_TOML_INVALID` with the place for what cannot be read, and `FLY_TOML_GROUPS` for a file with several process groups, which are
 * machines of several kinds.
 */
export function readFlyToml(text: string): FlyToml {
  const document = withOneName(parseToml(text));
  const group = onlyGroup(document);
  const belongs = belongsTo(group.name);
  const region = textAt(document, 'primary_region') ?? null;
  const image = textAt(tableAt(document, 'build'), 'image', 'build.image');
  const mounts = tablesAt(document, 'mounts').filter(belongs);
  const [mount, another] = mounts;
  if (another !== undefined) {
    throw invalidToml('it has several mounts, but a Fly machine has at most one.', { key: 'mounts' });
  }
  const guest = guestFrom(tablesAt(document, 'vm').filter(belongs));
  return {
    app: textAt(document, 'app') ?? null,
    region,
    config: {
      ...(image === undefined ? {} : { image }),
      ...(guest === null ? {} : { guest }),
      init: initFrom(document, group.command),
      env: envFrom(document, group.name, region),
      ...(mount === undefined ? {} : { mounts: [mountFrom(mount)] }),
      services: servicesFrom(document, belongs),
      ...checksFrom(document, belongs),
      ...restartFrom(document, belongs),
      ...stopFrom(document),
      ...filesFrom(document, belongs),
      ...listOf(document, 'statics'),
      ...metricsFrom(document, belongs),
    },
    volume: mount === undefined ? null : volumeFrom(mount),
    flyctlOnly: flyctlOnly(document),
  };
}

function parseToml(text: string): TomlTable {
  try {
    return parse(text) as TomlTable;
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const { line, column } = error;
    const [what = 'no TOML'] = error.message.replace(/^Invalid TOML document: /, '').split('\n');
    throw invalidToml(`line ${line}, column ${column}: ${what}.`, { line, column });
  }
}

function withOneName(document: TomlTable): TomlTable {
  const result: TomlTable = { ...document };
  for (const [alias, name] of Object.entries(ALIASES)) {
    if (result[alias] === undefined) continue;
    result[name] = [...tablesAt(result, name), ...tablesAt(result, alias)];
    delete result[alias];
  }
  return result;
}

/** The process group whose machine is meant; a file without any has one, which flyctl calls `app`. */
function onlyGroup(document: TomlTable): { name: string; command: string | null } {
  const processes = Object.entries(tableAt(document, 'processes'));
  const [first, ...others] = processes;
  if (first === undefined) return { name: 'app', command: null };
  const [name, command] = first;
  if (others.length === 0) return { name, command: typeof command === 'string' ? command : null };
  const names = processes.map(([group]) => group);
  throw flyError({
    code: 'FLY_TOML_GROUPS',
    kind: 'usage',
    message: `The fly.toml has several process groups, ${listAnd(names)}: each is a machine of its own, and an environment is one machine.`,
    hint: 'Leave one of them in [processes], and write an environment for each that you want to keep.',
    details: { groups: names },
  });
}

/** A section that names no group belongs to the only one. */
function belongsTo(group: string): (section: TomlTable) => boolean {
  return (section) => {
    const named = textsAt(section, 'processes') ?? [];
    return named.length === 0 || named.includes(group);
  };
}

function envFrom(document: TomlTable, group: string, region: string | null): JsonMap {
  const env = Object.entries(tableAt(document, 'env')).map(([name, value]) => {
    if (typeof value === 'object') refuseKey(`env.${name}`, 'a text', value);
    return [name, String(value)] as const;
  });
  // flyctl adds these by itself.
  return {
    ...Object.fromEntries(env),
    FLY_PROCESS_GROUP: group,
    ...(region === null ? {} : { PRIMARY_REGION: region }),
  };
}

function initFrom(document: TomlTable, command: string | null): JsonMap {
  const swap = integerAt(document, 'swap_size_mb');
  const experimental = tableAt(document, 'experimental');
  const overrides = ['exec', 'entrypoint', 'cmd'].flatMap((key) => {
    const words = textsAt(experimental, key, `experimental.${key}`);
    return words === undefined ? [] : [[key, words] as const];
  });
  return {
    ...(swap === undefined || swap === 0 ? {} : { swap_size_mb: swap }),
    ...(command === null || command.trim() === '' ? {} : { cmd: shellWords(command) }),
    ...Object.fromEntries(overrides),
  };
}

/** Words as a shell splits them, without expanding anything. */
function shellWords(command: string): string[] {
  const words = command.match(/(?:"(?:\\.|[^"\\])*"|'[^']*'|\\.|[^\s"'\\])+/g) ?? [];
  return words.map((word) =>
    word.replace(/"((?:\\.|[^"\\])*)"|'([^']*)'|\\(.)/g, (_all, double, single, escaped) =>
      String(double === undefined ? (single ?? escaped) : String(double).replace(/\\(?=["\\$`])/g, '')),
    ),
  );
}

function mountFrom(mount: TomlTable): JsonMap {
  const threshold = integerAt(mount, 'auto_extend_size_threshold', 'mounts.auto_extend_size_threshold');
  const increment = gigabytesAt(mount, 'auto_extend_size_increment', 'mounts.auto_extend_size_increment');
  const limit = gigabytesAt(mount, 'auto_extend_size_limit', 'mounts.auto_extend_size_limit');
  return {
    name: textAt(mount, 'source', 'mounts.source') ?? '',
    path: textAt(mount, 'destination', 'mounts.destination') ?? '',
    // A threshold of 0 says that it does not grow, as no threshold does.
    ...(threshold === undefined || threshold === 0 ? {} : { extend_threshold_percent: threshold }),
    ...(increment === undefined || increment === 0 ? {} : { add_size_gb: increment }),
    ...(limit === undefined || limit === 0 ? {} : { size_gb_limit: limit }),
  };
}

function volumeFrom(mount: TomlTable): NonNullable<FlyToml['volume']> {
  const sizeGb = gigabytesAt(mount, 'initial_size', 'mounts.initial_size') ?? 1;
  if (sizeGb < 1) refuseKey('mounts.initial_size', 'at least 1 GB', mount['initial_size']);
  return {
    name: textAt(mount, 'source', 'mounts.source') ?? '',
    sizeGb,
    snapshotRetention: integerAt(mount, 'snapshot_retention', 'mounts.snapshot_retention') ?? null,
  };
}

function checksFrom(document: TomlTable, belongs: (section: TomlTable) => boolean): JsonMap {
  const table = tableAt(document, 'checks');
  const port = document['http_service'] === undefined ? undefined : tableAt(document, 'http_service')['internal_port'];
  const checks = Object.keys(table).flatMap((name) => {
    const check = tableAt(table, name);
    if (!belongs(check)) return [];
    const type = textAt(check, 'type', `checks.${name}.type`) ?? 'tcp';
    const own = integerAt({ port, ...check }, 'port', `checks.${name}.port`);
    return [
      [name, { ...toCheck(check, type, `checks.${name}`), ...(own === undefined ? {} : { port: own }) }] as const,
    ];
  });
  return checks.length === 0 ? {} : { checks: Object.fromEntries(checks) };
}

function restartFrom(document: TomlTable, belongs: (section: TomlTable) => boolean): JsonMap {
  const [restart] = tablesAt(document, 'restart').filter(belongs);
  if (restart === undefined) return {};
  const policy = textAt(restart, 'policy', 'restart.policy');
  const retries = integerAt(restart, 'retries', 'restart.retries');
  return {
    restart: {
      ...(policy === undefined ? {} : { policy: policy === 'never' ? 'no' : policy }),
      ...(retries === undefined ? {} : { max_retries: retries }),
    },
  };
}

function stopFrom(document: TomlTable): JsonMap {
  const signal = textAt(document, 'kill_signal');
  const timeout = durationAt(document, 'kill_timeout', 'kill_timeout', 's');
  if (signal === undefined && timeout === undefined) return {};
  return {
    stop_config: {
      ...(signal === undefined ? {} : { signal }),
      ...(timeout === undefined ? {} : { timeout }),
    },
  };
}

function filesFrom(document: TomlTable, belongs: (section: TomlTable) => boolean): JsonMap {
  const files = tablesAt(document, 'files')
    .filter(belongs)
    .map(({ processes: _processes, ...file }) => file as JsonMap);
  return files.length === 0 ? {} : { files };
}

function metricsFrom(document: TomlTable, belongs: (section: TomlTable) => boolean): JsonMap {
  const [metrics] = tablesAt(document, 'metrics').filter(belongs);
  if (metrics === undefined) return {};
  const { processes: _processes, ...rest } = metrics;
  return { metrics: rest as JsonMap };
}

function listOf(document: TomlTable, key: string): JsonMap {
  const list = tablesAt(document, key);
  return list.length === 0 ? {} : { [key]: list as JsonMap[] };
}

function flyctlOnly(document: TomlTable): string[] {
  const inSection = (key: string, known: ReadonlySet<string>): string[] =>
    Object.keys(tableAt(document, key))
      .filter((name) => !known.has(name))
      .map((name) => `${key}.${name}`);
  return [
    ...Object.keys(document).filter((key) => !KNOWN.has(key)),
    ...inSection('build', new Set(['image'])),
    ...inSection('deploy', OF_NO_WEIGHT),
    ...inSection('experimental', new Set(['exec', 'entrypoint', 'cmd'])),
    ...(tablesAt(document, 'mounts').some((mount) => mount['scheduled_snapshots'] === false)
      ? ['mounts.scheduled_snapshots']
      : []),
  ];
}
