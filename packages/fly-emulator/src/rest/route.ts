import type { Platform } from '../platform/platform.js';
import type { AppRecord, MachineRecord, TokenRecord, VolumeRecord } from '../records.js';
import type { ApiRequest, ApiResponse } from './http.js';

/** A request that has been routed, signed in and, by its route's scope, narrowed to an app, a machine or a volume. */
export interface Call {
  platform: Platform;
  request: ApiRequest;
  params: Readonly<Record<string, string>>;
  /** The live tokens of the request; empty only on open routes. */
  tokens: TokenRecord[];
}

export interface AppCall extends Call {
  app: AppRecord;
}

export interface MachineCall extends AppCall {
  machine: MachineRecord;
}

export interface VolumeCall extends AppCall {
  volume: VolumeRecord;
}

type Answer = ApiResponse | Promise<ApiResponse>;

interface RouteFacts {
  method: string;
  /** Pattern with `{name}` parts: `/v1/apps/{app}/machines/{machine}`. */
  path: string;
  /** The operation's name in Fly's OpenAPI description, or ours where it has none. */
  operation: string;
  /** Whether it changes anything. A read-only client calls none of these. */
  writes: boolean;
  /** Where that depends on the request: whether this one does. */
  writesWhen?(request: ApiRequest): boolean;
  /** Served by Fly's older façade, whose refusals read `{message}`. */
  facade?: boolean;
  /** Refused with 409 while another holds the machine's lease. */
  leased?: boolean;
  /** The rate limit it falls under when it is not the ordinary one. */
  rate?: 'get-machine' | 'delete-app' | 'none';
}

/** One served endpoint. */
export type Route = RouteFacts &
  (
    | { scope: 'open' | 'signed-in'; handle(call: Call): Answer }
    | { scope: 'app'; handle(call: AppCall): Answer }
    | { scope: 'machine'; handle(call: MachineCall): Answer }
    | { scope: 'volume'; handle(call: VolumeCall): Answer }
  );
