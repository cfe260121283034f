import type { FieldDifference, JsonValue } from '@sindri/core';
import type { FlyDesired } from '../desired/desired.js';
import type { FlyService } from '../desired/services.js';
import { asList, asMap, type JsonMap } from '../observed/json-maps.js';
import { isTlsPort } from '../observed/published-port.js';
import { checkTimes, printable, sameValue, type Compare } from './compare.js';
import { sameDuration } from './durations.js';

/**
 * The live services with ours as we want them; the others are left alone. `along` gets what is changed besides, without being a difference
 * by itself.
 */
export function mergeServices(
  desired: FlyDesired,
  live: JsonMap,
  wanted: JsonMap,
  compare: Compare,
  along: FieldDifference[],
): JsonMap[] {
  const named = desired.services.map((service, index) => ({ service, to: asMap(asList(wanted['services'])[index]) }));
  let services = asList(live['services']).map(asMap);
  for (const { service, to } of named) services = mergeService(service, services, to, compare, along);
  return services;
}

/** `live` with the service of our internal port as we want it; other services are left alone. */
function mergeService(
  service: FlyService,
  live: JsonMap[],
  to: JsonMap,
  compare: Compare,
  along: FieldDifference[],
): JsonMap[] {
  const index = live.findIndex(
    (one) => one['internal_port'] === to['internal_port'] && (one['protocol'] ?? 'tcp') === 'tcp',
  );
  const from = live[index];
  const field = `services.${service.name}`;
  if (from === undefined) {
    compare(field, undefined, { internal_port: to['internal_port'], ports: to['ports'] });
    return [to, ...live];
  }
  compare(`${field}.autostop`, autostop(from['autostop']), to['autostop']);
  // Absent counts as what the API documents as the default.
  compare(`${field}.autostart`, from['autostart'] ?? false, to['autostart']);
  compare(`${field}.min_machines_running`, from['min_machines_running'] ?? 0, to['min_machines_running']);
  const merged: JsonMap = {
    ...from,
    ...to,
    ports: mergePorts(service, from, to, compare, along),
    checks: mergeServiceChecks(field, from, to, compare),
  };
  return live.map((one, position) => (position === index ? merged : one));
}

/** Requests say off, stop or suspend; replies say false, true or "suspend". */
function autostop(value: unknown): unknown {
  if (value === undefined || value === null || value === false) return 'off';
  return value === true ? 'stop' : value;
}

/**
 * Ports without handlers are raw TCP and ours to decide; those for TLS are where the config speaks of them. Other ports with handlers (TLS,
 * HTTP) were added by somebody else. What can wait is left out of the comparison, and is not asked for where there is one already.
 */
function mergePorts(
  { name, decidesTls, ports }: FlyService,
  from: JsonMap,
  to: JsonMap,
  compare: Compare,
  along: FieldDifference[],
): JsonMap[] {
  const waiting = ports.filter(({ canWait }) => canWait === true).map(({ port }) => port as unknown);
  const all = asList(to['ports']).map(asMap);
  const wanted = all.filter(({ port }) => !waiting.includes(port));
  const wantedPorts = wanted.map(({ port }) => port);
  const live = asList(from['ports']).map(asMap);
  const isOurs = (port: JsonMap): boolean =>
    asList(port['handlers']).length === 0 ||
    (decidesTls && isTlsPort(port)) ||
    wantedPorts.includes(port['port'] ?? port['start_port']);
  const ours = live.filter(isOurs);
  compare(`services.${name}.ports`, ours.map(portText), wanted.map(portText));
  const unchanged = sameValue(ours.map(portText), wanted.map(portText));
  const missing = live.some(isTlsPort) ? [] : all.filter(({ port }) => waiting.includes(port));
  along.push(
    ...missing.map((port) => ({
      field: `services.${name}.ports.${String(port['port'])}`,
      from: null,
      to: portText(port),
      why: 'SSH inside TLS, for networks that let only HTTPS through; not worth a restart of its own',
    })),
  );
  return [...(unchanged ? ours : wanted), ...missing, ...live.filter((port) => !isOurs(port))];
}

function portText(port: JsonMap): JsonValue {
  const { port: single, start_port: start, end_port: end } = port;
  const handlers = asList(port['handlers']).join('+');
  const text = single ?? (start === end ? start : `${start}-${end}`);
  return handlers === '' ? printable(text) : `${text} ${handlers}`;
}

function mergeServiceChecks(service: string, from: JsonMap, to: JsonMap, compare: Compare): JsonMap[] {
  const wanted = asMap(asList(to['checks'])[0]);
  const checks = asList(from['checks']).map(asMap);
  const index = checks.findIndex((check) => check['type'] === 'tcp');
  const live = checks[index];
  if (live === undefined) {
    compare(`${service}.checks.tcp`, undefined, wanted);
    return [wanted, ...checks];
  }
  for (const key of checkTimes) compare(`${service}.checks.tcp.${key}`, live[key], wanted[key], sameDuration);
  return checks.map((check, position) => (position === index ? { ...live, ...wanted } : check));
}
