import type { PortRange } from '../../model.js';
import { asList, asMap, type JsonMap } from './json-maps.js';

type MachineConfig = Readonly<Record<string, unknown>> | null | undefined;

/** The service of a live machine config that leads to an internal port; empty when it has none. */
export function serviceOf(config: MachineConfig, internalPort: number): JsonMap {
  const services = asList(config?.['services']).map(asMap);
  return services.find((service) => service['internal_port'] === internalPort) ?? {};
}

/**
 * The port under which SSH is really published, which may not be the one of the config yet: the one without a handler, since
 * SSH is raw TCP.
 */
export function publishedPort(config: MachineConfig, internalPort: number): number | null {
  return portOf(config, internalPort, ({ handlers }) => asList(handlers).length === 0);
}

/** The port at which it is published inside TLS; `null` when there is none. */
export function publishedTlsPort(config: MachineConfig, internalPort: number): number | null {
  return portOf(config, internalPort, isTlsPort);
}

/** Whether the edge ends TLS at this port, and passes on what is inside as it is. */
export function isTlsPort({ handlers }: JsonMap): boolean {
  const [only, ...others] = asList(handlers);
  return only === 'tls' && others.length === 0;
}

/** The TCP ports at the edge of everything but SSH: raw, or inside TLS. */
export function portsBeside(config: MachineConfig, internalPort: number): PortRange[] {
  return asList(config?.['services'])
    .map(asMap)
    .filter(({ protocol }) => (protocol ?? 'tcp') === 'tcp')
    .flatMap((service) => {
      const isSsh = (port: JsonMap): boolean =>
        service['internal_port'] === internalPort && (asList(port['handlers']).length === 0 || isTlsPort(port));
      return asList(service['ports'])
        .map(asMap)
        .filter((port) => !isSsh(port))
        .flatMap(rangeOf);
    });
}

function rangeOf({ port, start_port: from, end_port: to }: JsonMap): PortRange[] {
  if (typeof port === 'number') return [{ start: port, end: port }];
  return typeof from === 'number' && typeof to === 'number' ? [{ start: from, end: to }] : [];
}

function portOf(config: MachineConfig, internalPort: number, is: (port: JsonMap) => boolean): number | null {
  const port = asList(serviceOf(config, internalPort)['ports']).map(asMap).find(is)?.['port'];
  return typeof port === 'number' ? port : null;
}
