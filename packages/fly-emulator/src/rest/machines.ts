import { badRequest, conflict } from '../api-error.js';
import { isJsonObject, type JsonObject } from '../json.js';
import { decodeShape, type Shape } from '../platform/json-shape.js';
import { acceptMachineConfig } from '../platform/machine-config.js';
import { checkSameVolumes, checkSecretsVersion, createMachine } from '../platform/machines.js';
import type { Platform } from '../platform/platform.js';
import type { MachineRecord } from '../records.js';
import { flag, intParam, json, listParam, requiredBody, type ApiRequest } from './http.js';
import { checkLimit, page } from './paging.js';
import type { AppCall, MachineCall, Route } from './route.js';
import { hideYoung } from './stale-list.js';
import { configView, machineSummary, machineView } from './views.js';

const machineShape: Shape = {
  object: {
    config: { map: 'any' },
    name: 'string',
    region: 'string',
    skip_launch: 'bool',
    skip_service_registration: 'bool',
    skip_secrets: 'bool',
    lease_ttl: 'int',
    min_secrets_version: 'int',
    current_version: 'string',
  },
};

export const MACHINE_ROUTES: readonly Route[] = [
  {
    method: 'GET',
    path: '/v1/apps/{app}/machines',
    operation: 'Machines_list',
    scope: 'app',
    writes: false,
    handle(call) {
      const { platform, request, app } = call;
      const visible = hideYoung(platform, app.name, platform.store.machines(app.name));
      const machines = visible.filter((machine) => isWanted(machine, request.query));
      const limit = checkLimit(intParam(request.query, 'limit'), 1000);
      const { items, next } = page(machines, limit, request.query.get('cursor'));
      const leases = flag(request.query, 'include_leases');
      const summary = flag(request.query, 'summary');
      return json(
        items.map((machine) => (summary ? machineSummary(machine) : machineView(platform, machine, { leases }))),
        200,
        next === null ? undefined : { 'fly-next-cursor': next },
      );
    },
  },
  {
    method: 'POST',
    path: '/v1/apps/{app}/machines',
    operation: 'Machines_create',
    scope: 'app',
    writes: true,
    handle(call) {
      const body = decodeBody(call.request);
      const machine = createMachine(call.platform, call.app, {
        config: acceptMachineConfig(body.config),
        name: nonEmpty(body.name),
        region: nonEmpty(body.region),
        skipLaunch: body.skip_launch === true,
        cordoned: body.skip_service_registration === true,
        skipSecrets: body.skip_secrets === true,
        minSecretsVersion: body.min_secrets_version as number | undefined,
      });
      return json(withLease(call, machine, body));
    },
  },
  {
    method: 'GET',
    path: '/v1/apps/{app}/machines/{machine}',
    operation: 'Machines_show',
    scope: 'machine',
    writes: false,
    rate: 'get-machine',
    handle(call) {
      const { platform, request, machine } = call;
      const view = machineView(platform, machine, { leases: flag(request.query, 'include_leases') });
      return json({ ...view, ...olderVersion(platform, machine, request.query.get('version')) });
    },
  },
  {
    method: 'POST',
    path: '/v1/apps/{app}/machines/{machine}',
    operation: 'Machines_update',
    scope: 'machine',
    writes: true,
    leased: true,
    handle(call) {
      const { platform, app, machine } = call;
      const body = decodeBody(call.request);
      const config = acceptMachineConfig(body.config);
      if (body.current_version !== undefined && body.current_version !== machine.version) {
        throw conflict('aborted: machine update failed due to concurrent update');
      }
      checkSameVolumes(machine, config);
      checkSecretsVersion(app, body.min_secrets_version as number | undefined);
      // Region and name cannot be changed by an update; asking for it does nothing (unsure).
      const launch = body.skip_launch !== true;
      const namesSecrets = body.min_secrets_version !== undefined;
      platform.lifecycle.update(machine, { config, version: platform.ids.ulid(), launch, namesSecrets });
      if (body.skip_secrets !== undefined) machine.skipSecrets = body.skip_secrets === true;
      if (body.skip_service_registration === true) machine.cordoned = true;
      return json(withLease(call, machine, body));
    },
  },
  {
    method: 'DELETE',
    path: '/v1/apps/{app}/machines/{machine}',
    operation: 'Machines_delete',
    scope: 'machine',
    writes: true,
    leased: true,
    handle({ platform, request, machine }) {
      // fly-go sends `kill`, the documentation says `force`; both work.
      const force = flag(request.query, 'force') || flag(request.query, 'kill');
      platform.lifecycle.destroy(machine, { force });
      return json({ ok: true });
    },
  },
];

function decodeBody(request: ApiRequest): JsonObject {
  const body = decodeShape(machineShape, requiredBody(request), 'MachineRequest');
  if (!isJsonObject(body)) throw badRequest('EOF');
  return body;
}

/** The reply to a create or update; `lease_ttl` adds a lease, whose nonce is told here only. */
function withLease(call: AppCall | MachineCall, machine: MachineRecord, body: JsonObject): JsonObject {
  const { platform, request, tokens } = call;
  const ttl = body.lease_ttl;
  if (typeof ttl !== 'number' || ttl <= 0) return machineView(platform, machine);
  const lease = platform.leases.acquire(machine, {
    ttlSeconds: ttl,
    owner: tokens[0]?.user ?? '',
    nonce: request.headers['fly-machine-lease-nonce'],
  });
  return { ...machineView(platform, machine), nonce: lease.nonce };
}

function isWanted(machine: MachineRecord, query: URLSearchParams): boolean {
  const states = listParam(query, 'state');
  const deleted = flag(query, 'include_deleted') || states.includes('destroyed');
  if (machine.state === 'destroyed' && !deleted) return false;
  if (states.length > 0 && !states.includes(machine.state)) return false;
  const region = query.get('region');
  if (region !== null && region !== '' && machine.region !== region) return false;
  for (const [name, value] of query) {
    if (!name.startsWith('metadata.')) continue;
    const key = name.slice('metadata.'.length);
    if (!Object.hasOwn(machine.config.metadata, key) || machine.config.metadata[key] !== value) return false;
  }
  return true;
}

/** `?version=` shows a former version as it was: its config, and `replaced` as its state. */
function olderVersion(platform: Platform, machine: MachineRecord, version: string | null): JsonObject {
  if (version === null || version === '' || version === machine.version) return {};
  const found = machine.versions.find((candidate) => candidate.version === version);
  // Wording unsure.
  if (!found) throw badRequest(`invalid_argument: machine ${machine.id} has no version ${version}`);
  return { config: configView(platform, found.config), instance_id: version, state: 'replaced' };
}

const nonEmpty = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;
