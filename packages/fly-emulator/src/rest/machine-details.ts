import { badRequest, notFound, preconditionFailed } from '../api-error.js';
import { isJsonObject } from '../json.js';
import { empty, intParam, json, requiredBody } from './http.js';
import { checkLimit } from './paging.js';
import type { MachineCall, Route } from './route.js';
import { configView, eventViews, wholeSeconds } from './views.js';

const PREFIX = '/v1/apps/{app}/machines/{machine}';
const DEFAULT_EVENTS = 20;
const MOST_EVENTS = 50;

/** Events, versions, metadata and memory of one machine. Metadata writes make no new version. */
export const MACHINE_DETAIL_ROUTES: readonly Route[] = [
  {
    method: 'GET',
    path: `${PREFIX}/events`,
    operation: 'Machines_list_events',
    scope: 'machine',
    writes: false,
    handle({ request, machine }) {
      const limit = checkLimit(intParam(request.query, 'limit'), MOST_EVENTS) ?? DEFAULT_EVENTS;
      return json(eventViews(machine, limit));
    },
  },
  {
    method: 'GET',
    path: `${PREFIX}/versions`,
    operation: 'Machines_list_versions',
    scope: 'machine',
    writes: false,
    handle: ({ platform, machine }) =>
      json(
        [...machine.versions]
          .reverse()
          .map(({ version, config }) => ({ version, user_config: configView(platform, config) })),
      ),
  },
  {
    method: 'GET',
    path: `${PREFIX}/metadata`,
    operation: 'Machines_show_metadata',
    scope: 'machine',
    writes: false,
    handle: ({ machine }) => json({ ...machine.config.metadata }),
  },
  { method: 'PATCH', ...metadataWrite(), handle: mergeMetadata },
  { method: 'PUT', ...metadataWrite(), handle: mergeMetadata },
  {
    method: 'GET',
    path: `${PREFIX}/metadata/{key}`,
    operation: 'Machines_get_metadata_key',
    scope: 'machine',
    writes: false,
    handle({ machine, params }) {
      const key = params.key ?? '';
      const value = Object.hasOwn(machine.config.metadata, key) ? machine.config.metadata[key] : undefined;
      if (value === undefined) throw notFound(`not_found: metadata key ${key} not found`);
      return json({ value });
    },
  },
  {
    method: 'POST',
    path: `${PREFIX}/metadata/{key}`,
    operation: 'Machines_upsert_metadata',
    scope: 'machine',
    writes: true,
    handle(call) {
      const { value, updated_at: updatedAt } = requiredBody(call.request);
      if (typeof value !== 'string') throw badRequest('invalid_argument: value is required');
      checkUnchanged(call, undefined, updatedAt);
      call.machine.config.metadata[call.params.key ?? ''] = value;
      return touched(call);
    },
  },
  {
    method: 'DELETE',
    path: `${PREFIX}/metadata/{key}`,
    operation: 'Machines_delete_metadata',
    scope: 'machine',
    writes: true,
    handle(call) {
      delete call.machine.config.metadata[call.params.key ?? ''];
      return touched(call);
    },
  },
  {
    method: 'GET',
    path: `${PREFIX}/memory`,
    operation: 'Machines_get_memory',
    scope: 'machine',
    writes: false,
    handle: (call) => json(memory(call)),
  },
  {
    method: 'PUT',
    path: `${PREFIX}/memory`,
    operation: 'Machines_set_memory_limit',
    scope: 'machine',
    writes: true,
    handle(call) {
      const limit = requiredBody(call.request).limit_mb;
      const { guest } = call.machine.config;
      if (typeof limit !== 'number' || limit < 1 || limit > Number(guest.max_memory_mb ?? guest.memory_mb)) {
        throw badRequest('invalid_argument: invalid limit_mb');
      }
      call.machine.memoryLimitMb = limit;
      call.platform.store.changed({ machine: call.machine });
      return json(memory(call));
    },
  },
  {
    method: 'POST',
    path: `${PREFIX}/memory/reclaim`,
    operation: 'Machines_reclaim_memory',
    scope: 'machine',
    writes: true,
    handle(call) {
      const amount = requiredBody(call.request).amount_mb;
      if (typeof amount !== 'number' || amount < 0) throw badRequest('invalid_argument: invalid amount_mb');
      return json({ actual_mb: Math.min(amount, memory(call).available_mb) });
    },
  },
];

function metadataWrite() {
  const operation = 'Machines_update_metadata';
  return { path: `${PREFIX}/metadata`, operation, scope: 'machine' as const, writes: true };
}

/** Merges; `null` removes a key. */
function mergeMetadata(call: MachineCall) {
  const body = requiredBody(call.request);
  if (!isJsonObject(body.metadata)) throw badRequest('invalid_argument: metadata is required');
  checkUnchanged(call, body.machine_version, body.updated_at);
  const entries = Object.entries(body.metadata);
  for (const [key, value] of entries) {
    if (value !== null && typeof value !== 'string')
      throw badRequest(`invalid_argument: metadata ${key} must be a string`);
  }
  for (const [key, value] of entries) {
    if (typeof value === 'string') call.machine.config.metadata[key] = value;
    else delete call.machine.config.metadata[key];
  }
  return touched(call);
}

/** Wording unsure; that a stale version or time is refused with 412 is known. */
function checkUnchanged({ machine }: MachineCall, version: unknown, updatedAt: unknown): void {
  if (typeof version === 'string' && version !== '' && version !== machine.version) {
    throw preconditionFailed(`machine version is ${machine.version}, not ${version}`);
  }
  if (
    typeof updatedAt === 'string' &&
    updatedAt !== '' &&
    Date.parse(updatedAt) !== Date.parse(wholeSeconds(machine.updatedAt))
  ) {
    throw preconditionFailed(`machine was updated at ${wholeSeconds(machine.updatedAt)}`);
  }
}

function touched({ platform, machine }: MachineCall) {
  machine.updatedAt = platform.clock.now();
  platform.store.changed({ machine });
  return empty(204);
}

function memory({ machine }: MachineCall): { limit_mb: number; available_mb: number } {
  const limit = machine.memoryLimitMb ?? machine.config.guest.memory_mb;
  return { limit_mb: limit, available_mb: Math.floor(limit * 0.75) };
}
