import { readPort, type ContainerRecipe } from './recipe.js';

/** What of a compose file no recipe says. */
export interface ComposeNames {
  service: string;
  container: string;
  /** Variables that are taken from whoever runs it. */
  passed: readonly string[];
  /** The labels of a volume, by its name. */
  volumeLabels: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Of the recipe's network, which the file then makes; `null` = it makes none. */
  networkLabels: Readonly<Record<string, string>> | null;
}

/** A compose file, as an object, with which `docker compose up` makes the same container as the recipe does. */
export function composeDocument(recipe: ContainerRecipe, names: ComposeNames): object {
  const { platform, hostname, env, labels, network, volumes, memoryMb, cpus, privileged, extraHosts, runtime } = recipe;
  const { networkLabels } = names;
  const text = (value: string): string => value.replaceAll('$', '$$$$');
  const ports = recipe.ports
    .map(readPort)
    .map(({ host, port, inside }) => `${host.includes(':') ? `[${host}]` : host}:${port}:${inside}`);
  const service = {
    container_name: names.container,
    hostname,
    image: text(recipe.image),
    ...(platform === null ? {} : { platform }),
    environment: [...Object.entries(env).map(([name, value]) => text(`${name}=${value}`)), ...names.passed],
    ...(networkLabels === null ? { network_mode: network } : { networks: ['default'], ports }),
    volumes: Object.entries(volumes).map(([path, name]) => `${name}:${path}`),
    restart: recipe.restart,
    ...(memoryMb === null ? {} : { mem_limit: `${memoryMb}m`, memswap_limit: `${memoryMb * 2}m` }),
    ...(cpus === null ? {} : { cpus }),
    ...(privileged ? { privileged } : {}),
    ...(extraHosts.length === 0 ? {} : { extra_hosts: extraHosts }),
    ...(runtime === null ? {} : { runtime }),
    labels: Object.fromEntries(Object.entries(labels).map(([name, value]) => [name, text(value)])),
  };
  const named = Object.values(volumes).map((name) => [name, { name, labels: names.volumeLabels[name] ?? {} }]);
  return {
    services: { [names.service]: service },
    volumes: Object.fromEntries(named) as object,
    ...(networkLabels === null ? {} : { networks: { default: { name: network, labels: networkLabels } } }),
  };
}
