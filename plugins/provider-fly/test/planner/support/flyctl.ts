import { parse } from 'smol-toml';

type JsonMap = Record<string, unknown>;

/**
 * What flyctl makes of a fly.toml (fly-platform facts, "fly.toml → MachineConfig as flyctl does it"), written independently
 * of the generator: an update starts from the live config and replaces everything that fly.toml can express.
 */
export function flyctlMachineConfig(toml: string, live: JsonMap): JsonMap {
  const document = parse(toml) as JsonMap;
  const list = (key: string): JsonMap[] => (document[key] ?? []) as JsonMap[];
  const vm = list('vm')[0] as JsonMap;
  const preset = { cpu_kind: 'shared', cpus: 1, memory_mb: 256 };
  const liveMount = ((live['mounts'] ?? []) as JsonMap[])[0];
  return {
    ...live,
    image: (document['build'] as JsonMap)['image'],
    guest: { ...preset, ...vm },
    init: document['swap_size_mb'] === undefined ? {} : { swap_size_mb: document['swap_size_mb'] },
    env: {
      ...(document['env'] as JsonMap),
      FLY_PROCESS_GROUP: 'app',
      PRIMARY_REGION: document['primary_region'],
    },
    mounts: list('mounts').map((mount) => ({
      volume: liveMount?.['volume'],
      name: mount['source'],
      path: mount['destination'],
      extend_threshold_percent: mount['auto_extend_size_threshold'],
      add_size_gb: gigabytes(mount['auto_extend_size_increment']),
      size_gb_limit: gigabytes(mount['auto_extend_size_limit']),
    })),
    services: list('services').map((service) => ({
      protocol: service['protocol'],
      internal_port: service['internal_port'],
      autostop: { off: false, stop: true, suspend: 'suspend' }[service['auto_stop_machines'] as string],
      autostart: service['auto_start_machines'],
      min_machines_running: service['min_machines_running'],
      ports: service['ports'],
      checks: ((service['tcp_checks'] ?? []) as JsonMap[]).map((check) => ({ type: 'tcp', ...durations(check) })),
    })),
    checks: Object.fromEntries(
      Object.entries((document['checks'] ?? {}) as Record<string, JsonMap>).map(([name, check]) => [
        name,
        { type: check['type'], port: check['port'], ...durations(check) },
      ]),
    ),
    restart: list('restart').map(({ policy, retries }) => ({ policy, max_retries: retries }))[0],
    metadata: {
      ...(live['metadata'] as JsonMap | undefined),
      fly_flyctl_version: '0.4.50',
      fly_platform_version: 'v2',
      fly_process_group: 'app',
      fly_release_id: 'abc',
      fly_release_version: '7',
    },
  };
}

/** flyctl reads "5GB" in decimal units and sends whole gigabytes. */
function gigabytes(text: unknown): number {
  const match = /^(\d+)gb$/i.exec(String(text));
  if (match === null) throw new Error(`flyctl does not read ${String(text)} as a size`);
  return Number(match[1]);
}

function durations(check: JsonMap): JsonMap {
  const nanoseconds = (text: unknown): number => {
    const match = /^(\d+)s$/.exec(String(text));
    if (match === null) throw new Error(`not a duration: ${String(text)}`);
    return Number(match[1]) * 1e9;
  };
  return Object.fromEntries(
    ['interval', 'timeout', 'grace_period']
      .filter((key) => check[key] !== undefined)
      .map((key) => [key, nanoseconds(check[key])]),
  );
}
