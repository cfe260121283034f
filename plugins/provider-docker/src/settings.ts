import { canonicalJson, type SecretInfo } from '@sindri/core';
import { homePath, imageEnvironment, resolveImage, sshPort } from '@sindri/image-contract';
import type { ContainerFacts } from '@sindri/docker-engine';
import type { Spec } from './shapes.js';

/** Everything that a container is made from. It stands in its label, so that the next plan can tell what differs. */
export interface Settings {
  image: string;
  platform: string | null;
  env: Record<string, string>;
  network: string;
  ports: string[];
  sshPort: number | null;
  extraHosts: string[];
  privileged: boolean;
  runtime: string;
  gpus: number;
  /** The volume that is the home. */
  volume: string;
  /** Name → slow fingerprint of the value. */
  secrets: Record<string, string>;
  memoryMb: number | null;
  cpus: number | null;
  restart: string;
}

/** What the engine can change while the container runs; everything else needs a new one. */
export const changeableInPlace: readonly (keyof Settings)[] = ['memoryMb', 'cpus', 'restart'];

/** The mark. Its scheme is in the name of each label: another scheme gets other names. */
export const labels = {
  environment: 'sindri.environment',
  settings: 'sindri.settings',
  role: 'sindri.role',
  generation: 'sindri.generation',
  of: 'sindri.of',
  asleep: 'sindri.asleep',
} as const;

/** The names of an environment. The container's is the mutex of two deploys: an engine has it once. */
export function namesOf(environment: string): { container: string; network: string; volume: string } {
  const name = `sindri-${environment}`;
  return { container: name, network: name, volume: `${name}-home` };
}

/** What `spec` wants of a container whose home is `volume`. */
export function settingsOf(spec: Spec, secrets: readonly SecretInfo[], volume: string): Settings {
  const { options, resources } = spec;
  return {
    image: resolveImage(spec).reference,
    platform: options.platform ?? null,
    env: imageEnvironment(spec),
    network: options.network,
    ports: options.ports ?? [],
    sshPort: options.sshPort ?? null,
    extraHosts: options.extraHosts ?? [],
    privileged: options.privileged,
    runtime: options.runtime,
    gpus: resources.gpu?.count ?? 0,
    volume,
    secrets: Object.fromEntries(secrets.map(({ name, fingerprint }) => [name, fingerprint])),
    memoryMb: resources.memoryMb,
    cpus: resources.cpus,
    restart: options.restart,
  };
}

export function sameSettings(a: Settings | null, b: Settings): boolean {
  return canonicalJson(a) === canonicalJson(b);
}

/** The labels of a container, a volume or a network of the environment. */
export function markOf(environment: string, more: Record<string, string> = {}): Record<string, string> {
  return { [labels.environment]: environment, ...more };
}

/** What a container was made from, with its limits as they are now; `null` when the label is not ours. */
export function settingsIn({ labels: found, limits }: Pick<ContainerFacts, 'labels' | 'limits'>): Settings | null {
  try {
    return { ...(JSON.parse(found[labels.settings] ?? '') as Settings), ...limits };
  } catch {
    return null;
  }
}

/** A published port, from `[address:][port:]port[/protocol]`. */
export function readPort(text: string): { host: string; port: string; inside: string } {
  const [, host = '127.0.0.1', port = '', inside = ''] = /^(?:(.+?):)??(?:(\d+):)?(\d+(?:\/\w+)?)$/.exec(text) ?? [];
  return { host: host.replace(/[[\]]/g, ''), port, inside: inside.includes('/') ? inside : `${inside}/tcp` };
}

/** Every published port, that of the SSH server included. */
export function portsOf({ network, ports, sshPort: wanted }: Settings): ReturnType<typeof readPort>[] {
  if (network !== 'bridge') return [];
  return [{ host: '127.0.0.1', port: String(wanted ?? ''), inside: `${sshPort}/tcp` }, ...ports.map(readPort)];
}

/** Limits as the engine takes them, at creation and in place. */
export function limitsOf({ memoryMb, cpus, restart }: Settings): object {
  const bytes = (memoryMb ?? 0) * 1024 ** 2;
  return {
    // Both at once: the engine refuses a limit above the former sum of memory and swap.
    ...(bytes === 0 ? {} : { Memory: bytes, MemorySwap: bytes * 2 }),
    ...(cpus === null ? {} : { NanoCpus: Math.round(cpus * 1e9) }),
    RestartPolicy: { Name: restart },
  };
}

/** The body of `POST /containers/create`. `start` is the entrypoint and the arguments where the image's own do not do. */
export function containerBody(environment: string, settings: Settings, start: string[] | null, asleep = false): object {
  const ports = portsOf(settings);
  const bindings: Record<string, object[]> = {};
  for (const { host, port, inside } of ports) (bindings[inside] ??= []).push({ HostIp: host, HostPort: port });
  return {
    Image: settings.image,
    Hostname: environment.slice(0, 63),
    Env: Object.entries(settings.env).map(([name, value]) => `${name}=${value}`),
    ...(start === null ? {} : { Entrypoint: start, Cmd: [] }),
    Labels: markOf(environment, {
      [labels.role]: 'environment',
      [labels.settings]: canonicalJson(settings),
      ...(asleep ? { [labels.asleep]: 'true' } : {}),
    }),
    ExposedPorts: Object.fromEntries(ports.map(({ inside }) => [inside, {}])),
    HostConfig: {
      ...limitsOf(settings),
      NetworkMode: settings.network === 'bridge' ? namesOf(environment).network : settings.network,
      Mounts: [{ Type: 'volume', Source: settings.volume, Target: homePath }],
      PortBindings: bindings,
      ExtraHosts: settings.extraHosts,
      Privileged: settings.privileged,
      ...(settings.runtime === 'auto' ? {} : { Runtime: settings.runtime }),
      ...(settings.gpus === 0
        ? {}
        : { DeviceRequests: [{ Driver: 'nvidia', Count: settings.gpus, Capabilities: [['gpu']] }] }),
    },
  };
}
