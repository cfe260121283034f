import { asList, asMap, type JsonMap } from './json-maps.js';

/** The service of a live machine config that leads to an internal port; empty when it has none. */
export function serviceOf(config: Readonly<Record<string, unknown>> | null | undefined, internalPort: number): JsonMap {
  const services = asList(config?.['services']).map(asMap);
  return services.find((service) => service['internal_port'] === internalPort) ?? {};
}

/**
 * The port under which SSH is really published, which may not be the one of the config yet: the one without a handler, since
 * SSH is raw TCP.
 */
export function publishedPort(
  config: Readonly<Record<string, unknown>> | null | undefined,
  internalPort: number,
): number | null {
  const port = asList(serviceOf(config, internalPort)['ports'])
    .map(asMap)
    .find(({ handlers }) => asList(handlers).length === 0)?.['port'];
  return typeof port === 'number' ? port : null;
}
