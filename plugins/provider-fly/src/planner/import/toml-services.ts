import type { JsonMap } from '../observed/json-maps.js';
import {
  booleanAt,
  checkTimeAt,
  integerAt,
  invalidToml,
  refuseKey,
  tableAt,
  tablesAt,
  textAt,
  type TomlTable,
} from './toml-values.js';

/** The services of a machine that `[http_service]` and `[[services]]` stand for; the first one is that of HTTP. */
export function servicesFrom(document: TomlTable, belongs: (section: TomlTable) => boolean): JsonMap[] {
  const http = document['http_service'] === undefined ? [] : [tableAt(document, 'http_service')];
  return [
    ...http.filter(belongs).map(httpService),
    ...tablesAt(document, 'services')
      .filter(belongs)
      .map((service, index) => plainService(service, `services[${index}]`)),
  ];
}

function httpService(service: TomlTable): JsonMap {
  const path = 'http_service';
  const options = {
    ...kept(service, 'tls_options'),
    ...kept(service, 'http_options'),
  };
  const forced = booleanAt(service, 'force_https', `${path}.force_https`);
  const { http_options: http, tls_options: tls } = options;
  return {
    protocol: 'tcp',
    internal_port: integerAt(service, 'internal_port', `${path}.internal_port`) ?? 8080,
    ...idle(service, path),
    ports: [
      {
        port: 80,
        handlers: ['http'],
        ...(forced === undefined ? {} : { force_https: forced }),
        ...(http === undefined ? {} : { http_options: http }),
      },
      {
        port: 443,
        handlers: ['http', 'tls'],
        ...(http === undefined ? {} : { http_options: http }),
        ...(tls === undefined ? {} : { tls_options: tls }),
      },
    ],
    ...concurrency(service, path),
    ...checks(tablesAt(service, 'checks').map((check, index) => toCheck(check, 'http', `${path}.checks[${index}]`))),
  };
}

function plainService(service: TomlTable, path: string): JsonMap {
  return {
    protocol: textAt(service, 'protocol', `${path}.protocol`) ?? 'tcp',
    internal_port: integerAt(service, 'internal_port', `${path}.internal_port`) ?? 8080,
    ...idle(service, path),
    ports: tablesAt(service, 'ports').map((port, index) => toPort(port, `${path}.ports[${index}]`)),
    ...concurrency(service, path),
    ...checks([
      ...tablesAt(service, 'tcp_checks').map((check, index) => toCheck(check, 'tcp', `${path}.tcp_checks[${index}]`)),
      ...tablesAt(service, 'http_checks').map((check, index) =>
        toCheck(check, 'http', `${path}.http_checks[${index}]`),
      ),
    ]),
  };
}

function idle(service: TomlTable, path: string): JsonMap {
  const autostop = autostopOf(service['auto_stop_machines'], `${path}.auto_stop_machines`);
  const autostart = booleanAt(service, 'auto_start_machines', `${path}.auto_start_machines`);
  const minimum = integerAt(service, 'min_machines_running', `${path}.min_machines_running`);
  return {
    ...(autostop === undefined ? {} : { autostop }),
    ...(autostart === undefined ? {} : { autostart }),
    ...(minimum === undefined ? {} : { min_machines_running: minimum }),
  };
}

/** A word, or what it was before there were words; `on` was one of them for a while, and meant stop. */
function autostopOf(value: unknown, path: string): 'off' | 'stop' | 'suspend' | undefined {
  if (value === undefined) return undefined;
  if (value === true || value === 'on' || value === 'stop' || value === 'true') return 'stop';
  if (value === false || value === 'off' || value === 'false') return 'off';
  if (value === 'suspend') return 'suspend';
  return refuseKey(path, '"off", "stop" or "suspend"', value);
}

function toPort(port: TomlTable, path: string): JsonMap {
  const numbers = ['port', 'start_port', 'end_port'].flatMap((key) => {
    const number = integerAt(port, key, `${path}.${key}`);
    return number === undefined ? [] : [[key, number] as const];
  });
  if (numbers.length === 0) throw invalidToml(`${path} has no port.`, { key: path });
  const { port: _port, start_port: _start, end_port: _end, ...rest } = port;
  return { ...Object.fromEntries(numbers), ...(rest as JsonMap) };
}

/** A table, or flyctl's older `soft,hard`. */
function concurrency(service: TomlTable, path: string): JsonMap {
  const value = service['concurrency'];
  if (value === undefined) return {};
  if (typeof value !== 'string') return { concurrency: tableAt(service, 'concurrency') as JsonMap };
  const [, soft, hard] = /^\s*(\d+)\s*,\s*(\d+)\s*$/.exec(value) ?? refuseKey(`${path}.concurrency`, 'a table', value);
  return { concurrency: { type: 'requests', soft_limit: Number(soft), hard_limit: Number(hard) } };
}

function checks(list: JsonMap[]): JsonMap {
  return list.length === 0 ? {} : { checks: list };
}

/** One check of a service, or of the top level, as the API takes it. */
export function toCheck(check: TomlTable, type: string, path: string): JsonMap {
  const { interval: _i, timeout: _t, grace_period: _g, method, headers, processes: _p, ...rest } = check;
  const times = ['interval', 'timeout', 'grace_period'].flatMap((key) => {
    const time = checkTimeAt(check, key, `${path}.${key}`);
    return time === undefined ? [] : [[key, time] as const];
  });
  return {
    type,
    ...(rest as JsonMap),
    ...Object.fromEntries(times),
    ...(typeof method === 'string' ? { method: method.toUpperCase() } : {}),
    ...(headers === undefined ? {} : { headers: toHeaders(headers) }),
  };
}

function toHeaders(headers: unknown): JsonMap[] {
  const entries: unknown[] = Array.isArray(headers) ? headers : Object.entries(Object(headers) as object);
  return entries.map((entry) => {
    const [name, value] = Array.isArray(entry)
      ? (entry as unknown[])
      : [(entry as TomlTable)['name'], (entry as TomlTable)['value'] ?? (entry as TomlTable)['values']];
    return { name: String(name), values: (Array.isArray(value) ? value : [value]).map(String) };
  });
}

function kept(table: TomlTable, key: string): JsonMap {
  return table[key] === undefined ? {} : { [key]: tableAt(table, key) as JsonMap };
}
