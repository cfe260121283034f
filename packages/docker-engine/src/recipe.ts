/** Everything that a container is made from. The API of an engine and a compose file say the same in two ways. */
export interface ContainerRecipe {
  image: string;
  /** `linux/arm64`; `null` = that of the engine. */
  platform: string | null;
  /** At most 63 characters. */
  hostname: string;
  env: Readonly<Record<string, string>>;
  labels: Readonly<Record<string, string>>;
  /** The name of a network, `host` or `none`. */
  network: string;
  /** `[address:][port:]port[/protocol]`, on loopback without an address, at a port that the engine chooses without one. */
  ports: readonly string[];
  /** Named volumes by the path that they are mounted at. */
  volumes: Readonly<Record<string, string>>;
  /** Lines of /etc/hosts, `name:address`. */
  extraHosts: readonly string[];
  privileged: boolean;
  /** The OCI runtime; `null` = the engine's. */
  runtime: string | null;
  /** Of NVIDIA. */
  gpus: number;
  memoryMb: number | null;
  cpus: number | null;
  /** `no`, `always`, `on-failure`, `unless-stopped`. */
  restart: string;
}

/** A published port, from `[address:][port:]port[/protocol]`. */
export function readPort(text: string): { host: string; port: string; inside: string } {
  const [, host = '127.0.0.1', port = '', inside = ''] = /^(?:(.+?):)??(?:(\d*):)?(\d+(?:\/\w+)?)$/.exec(text) ?? [];
  return { host: host.replace(/[[\]]/g, ''), port, inside: inside.includes('/') ? inside : `${inside}/tcp` };
}

/** The body of `POST /containers/{id}/update`, and a part of that which creates one. */
export function limitsBody({
  memoryMb,
  cpus,
  restart,
}: Pick<ContainerRecipe, 'memoryMb' | 'cpus' | 'restart'>): object {
  const bytes = (memoryMb ?? 0) * 1024 ** 2;
  return {
    // Both at once: the engine refuses a limit above the former sum of memory and swap.
    ...(bytes === 0 ? {} : { Memory: bytes, MemorySwap: bytes * 2 }),
    ...(cpus === null ? {} : { NanoCpus: Math.round(cpus * 1e9) }),
    RestartPolicy: { Name: restart },
  };
}

/** The body of `POST /containers/create`. `entrypoint` replaces the image's own, and its arguments. */
export function createBody(recipe: ContainerRecipe, entrypoint: readonly string[] | null = null): object {
  const { image, hostname, env, labels, network, extraHosts, privileged, runtime, gpus } = recipe;
  const ports = recipe.ports.map(readPort);
  const bindings: Record<string, object[]> = {};
  for (const { host, port, inside } of ports) (bindings[inside] ??= []).push({ HostIp: host, HostPort: port });
  return {
    Image: image,
    Hostname: hostname,
    Env: Object.entries(env).map(([name, value]) => `${name}=${value}`),
    ...(entrypoint === null ? {} : { Entrypoint: entrypoint, Cmd: [] }),
    Labels: labels,
    ExposedPorts: Object.fromEntries(ports.map(({ inside }) => [inside, {}])),
    HostConfig: {
      ...limitsBody(recipe),
      NetworkMode: network,
      Mounts: Object.entries(recipe.volumes).map(([Target, Source]) => ({ Type: 'volume', Source, Target })),
      PortBindings: bindings,
      ExtraHosts: extraHosts,
      Privileged: privileged,
      ...(runtime === null ? {} : { Runtime: runtime }),
      ...(gpus === 0 ? {} : { DeviceRequests: [{ Driver: 'nvidia', Count: gpus, Capabilities: [['gpu']] }] }),
    },
  };
}
