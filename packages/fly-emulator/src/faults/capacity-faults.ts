import type { JsonObject } from '../json.js';
import { numberParam, stringParam, type FaultDefinition } from './fault.js';

const CREATE_MACHINE = { method: 'POST', path: '/v1/apps/*/machines' };
const CREATE_VOLUME = { method: 'POST', path: '/v1/apps/*/volumes' };

/** Fly has no room: every shape in which it says so. All strike before anything is carried out. */
export const CAPACITY_FAULTS: readonly FaultDefinition[] = [
  refusal({
    name: 'capacity-region',
    summary: 'The region is full: 422 insufficient_capacity on machine create.',
    match: CREATE_MACHINE,
    status: 422,
    body: () => ({ error: 'could not find a candidate host', status: 'insufficient_capacity' }),
  }),
  refusal({
    name: 'capacity-host',
    summary: "The machine's host is full: 409 could not reserve resource, on update or start.",
    match: { method: 'POST', path: '/v1/apps/*/machines/**' },
    params: { resource: '"memory" (default) or "CPUs"' },
    status: 409,
    body: (params) => ({
      error: `aborted: could not reserve resource for machine: insufficient ${stringParam(params, 'resource', 'memory')} available to fulfill request on the current host`,
    }),
  }),
  refusal({
    name: 'capacity-host-memory',
    summary: 'No host has the memory: 409 insufficient memory on machine create.',
    match: CREATE_MACHINE,
    status: 409,
    body: () => ({
      error: 'aborted: insufficient resources available to fulfill request: insufficient memory available',
    }),
  }),
  refusal({
    name: 'capacity-volume-host',
    summary: "The volume's host is full: 412 volume_placement_capacity on machine create.",
    match: CREATE_MACHINE,
    params: { volume: 'id in the text' },
    status: 412,
    body: (params) => ({
      error: `insufficient resources to create new machine with existing volume id '${stringParam(params, 'volume', 'vol_')}'`,
      status: 'volume_placement_capacity',
    }),
  }),
  refusal({
    name: 'capacity-volume',
    summary: 'No room for a volume: 400 no capacity on volume create.',
    match: CREATE_VOLUME,
    status: 400,
    body: () => ({ error: 'no capacity' }),
  }),
  refusal({
    name: 'capacity-quota',
    summary: "The organisation's quota in the region is used up: 403.",
    match: CREATE_MACHINE,
    params: { org: 'name in the text', region: 'region in the text', memoryMb: 'megabytes in the text' },
    status: 403,
    body: (params) => ({
      error:
        `organization "${stringParam(params, 'org', 'Personal')}" is using ${numberParam(params, 'memoryMb', 61440)} MB ` +
        `of memory in ${stringParam(params, 'region', 'sjc')} which is over the allowed quota. ` +
        'Please contact support to raise it.',
    }),
  }),
];

function refusal(fault: {
  name: string;
  summary: string;
  match: { method: string; path: string };
  params?: Record<string, string>;
  status: number;
  body(params: JsonObject): JsonObject;
}): FaultDefinition {
  const { name, summary, match } = fault;
  return {
    name,
    family: 'capacity',
    summary,
    params: fault.params ?? {},
    times: 1,
    match,
    effect: (params) => ({ kind: 'answer', when: 'before', status: fault.status, body: fault.body(params) }),
  };
}
