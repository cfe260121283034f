import { canonicalJson, type Artifact, type SecretFingerprints } from '@sindri/core';
import { composeDocument, type ContainerFacts, type ContainerRecipe } from '@sindri/docker-engine';
import { homePath, imageEnvironment, resolveImage, sshPort } from '@sindri/image-contract';
import { stringify } from 'yaml';
import type { Spec } from './options.js';

/** Everything that a container is made from. It stands in its label, so that the next plan can tell what differs. */
export interface Settings extends Omit<ContainerRecipe, 'hostname' | 'labels' | 'volumes' | 'runtime'> {
  /** Of loopback; `null` = the engine chooses. */
  sshPort: number | null;
  runtime: string;
  /** The volume that is the home. */
  volume: string;
  secrets: SecretFingerprints;
}

/** What the engine can change while the container runs; everything else needs a new one. */
export const changeableInPlace: readonly string[] = ['memoryMb', 'cpus', 'restart'] satisfies (keyof Settings)[];

type Label = 'environment' | 'settings' | 'role' | 'generation' | 'of' | 'asleep' | 'secrets';

/** The mark. Its scheme is in the name of each label: another scheme gets other names. */
export const labelOf = (name: Label): string => `sindri.${name}`;

/** The names of an environment. The container's is the mutex of two deploys: an engine has it once. */
export function namesOf(environment: string): { container: string; network: string; volume: string } {
  const name = `sindri-${environment}`;
  return { container: name, network: name, volume: `${name}-home` };
}

/** What `spec` wants of a container whose home is `volume`. */
export function settingsOf(spec: Spec, secrets: SecretFingerprints, volume: string): Settings {
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
    secrets,
    memoryMb: resources.memoryMb,
    cpus: resources.cpus,
    restart: options.restart,
  };
}

/** The labels of a container, a volume or a network of the environment. */
export function markOf(
  environment: string,
  more: Partial<Record<Label, string | number>> = {},
): Record<string, string> {
  const all = Object.entries({ environment, ...more });
  return Object.fromEntries(all.map(([name, value]) => [labelOf(name as Label), String(value)]));
}

/** What a container was made from, with its limits as they are now; `null` when the label is not ours. */
export function settingsIn({ labels: found, limits }: Pick<ContainerFacts, 'labels' | 'limits'>): Settings | null {
  try {
    return { ...(JSON.parse(found[labelOf('settings')] ?? '') as Settings), ...limits };
  } catch {
    return null;
  }
}

/** What the engine is to make of it. `asleep`: for an environment that sleeps, and not to be started yet. */
export function recipeOf(environment: string, settings: Settings, asleep = false): ContainerRecipe {
  const { network, runtime, volume } = settings;
  const isBridge = network === 'bridge';
  const mark = { role: 'environment', settings: canonicalJson(settings), ...(asleep ? { asleep: 'true' } : {}) };
  return {
    ...settings,
    hostname: environment.slice(0, 63),
    labels: markOf(environment, mark),
    network: isBridge ? namesOf(environment).network : network,
    ports: isBridge ? [`${settings.sshPort ?? ''}:${sshPort}`, ...settings.ports] : [],
    volumes: { [homePath]: volume },
    runtime: runtime === 'auto' ? null : runtime,
  };
}

const HEAD =
  '# Made by `sindri config render`. Secrets are taken from the environment, and stand in `docker inspect`.\n';

/** A file that makes the same container with `docker compose up`. Secrets come from the variables of whoever runs it. */
export function composeFile(spec: Spec): Artifact[] {
  const { container, volume } = namesOf(spec.name);
  const settings = settingsOf(spec, {}, volume);
  const document = composeDocument(recipeOf(spec.name, settings), {
    service: spec.name,
    container,
    passed: spec.secrets.map(({ name }) => name),
    volumeLabels: { [volume]: markOf(spec.name, { role: 'home', generation: 1 }) },
    networkLabels: settings.network === 'bridge' ? markOf(spec.name) : null,
  });
  return [{ name: 'compose.yaml', mediaType: 'application/yaml', content: HEAD + stringify(document) }];
}
