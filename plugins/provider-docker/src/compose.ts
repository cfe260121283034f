import type { Artifact } from '@sindri/core';
import { homePath } from '@sindri/image-contract';
import { stringify } from 'yaml';
import { labels, markOf, namesOf, portsOf, settingsOf } from './settings.js';
import type { Spec } from './shapes.js';

/** A file that makes the same container with `docker compose up`. Secrets come from the variables of whoever runs it. */
export function composeFile(spec: Spec): Artifact[] {
  const names = namesOf(spec.name);
  const settings = settingsOf(spec, [], names.volume);
  const isBridge = settings.network === 'bridge';
  const text = (value: string): string => value.replaceAll('$', '$$$$');
  const ports = portsOf(settings).map(
    ({ host, port, inside }) => `${host.includes(':') ? `[${host}]` : host}:${port}:${inside}`,
  );
  const mark = markOf(spec.name);
  const service = {
    container_name: names.container,
    hostname: spec.name.slice(0, 63),
    image: text(settings.image),
    ...(settings.platform === null ? {} : { platform: settings.platform }),
    environment: [
      ...Object.entries(settings.env).map(([name, value]) => text(`${name}=${value}`)),
      ...spec.secrets.map(({ name }) => name),
    ],
    ...(isBridge ? { networks: ['default'], ports } : { network_mode: settings.network }),
    volumes: [`home:${homePath}`],
    restart: settings.restart,
    ...(settings.memoryMb === null
      ? {}
      : { mem_limit: `${settings.memoryMb}m`, memswap_limit: `${settings.memoryMb * 2}m` }),
    ...(settings.cpus === null ? {} : { cpus: settings.cpus }),
    ...(settings.privileged ? { privileged: true } : {}),
    ...(settings.extraHosts.length === 0 ? {} : { extra_hosts: settings.extraHosts }),
    ...(settings.runtime === 'auto' ? {} : { runtime: settings.runtime }),
    labels: { ...mark, [labels.role]: 'environment', [labels.settings]: text(JSON.stringify(settings)) },
  };
  const document = {
    services: { [spec.name]: service },
    volumes: { home: { name: names.volume, labels: { ...mark, [labels.role]: 'home', [labels.generation]: '1' } } },
    ...(isBridge ? { networks: { default: { name: names.network, labels: mark } } } : {}),
  };
  const head =
    '# Made by `sindri config render`. Secrets are taken from the environment, and stand in `docker inspect`.\n';
  return [{ name: 'compose.yaml', mediaType: 'application/yaml', content: head + stringify(document) }];
}
