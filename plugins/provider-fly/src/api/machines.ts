import type { JsonObject } from '@sindri/core';
import { metadataKeys } from '../model.js';
import { existed, orNull } from './not-found.js';
import { hasCode } from './errors.js';
import { byId, once } from './once.js';
import type { Send } from './send.js';
import type { WireExecReply, WireMachine, WireMachineConfig, WireMachineEvent } from './types.js';

export interface MachinesApi {
  /**
   * Without destroyed ones and those that only build images, unless they are asked for. May miss a machine made a moment ago: hosts agree
   * only eventually.
   */
  list(
    app: string,
    options?: { includeDestroyed?: boolean; includeLeases?: boolean; includeBuilders?: boolean },
  ): Promise<WireMachine[]>;
  /** Whether the app has a machine, or had one that Fly still knows. */
  everExisted(app: string): Promise<boolean>;
  /** `null` when it never existed; a destroyed one is still there, with that state. */
  get(app: string, machine: string): Promise<WireMachine | null>;
  create(app: string, request: CreateMachine): Promise<WireMachine>;
  /** Replaces the whole config. Answers before the image is swapped. Never starts a machine that does not run. */
  update(app: string, machine: string, request: UpdateMachine): Promise<WireMachine>;
  start(app: string, machine: string, nonce?: string): Promise<void>;
  stop(app: string, machine: string, options: { timeoutMs: number; nonce?: string }): Promise<void>;
  suspend(app: string, machine: string): Promise<void>;
  /** Ends the main process and starts it again, in the same version. Refused for a machine that does not run. */
  restart(app: string, machine: string, options: { timeoutMs: number }): Promise<void>;
  /** The newest 50 events, newest first; Fly has no more. */
  events(app: string, machine: string): Promise<WireMachineEvent[]>;
  /** By force, running or not. `false` when there was none. */
  delete(app: string, machine: string, nonce?: string): Promise<boolean>;
  /** `reached: false` when the time ran out first. */
  wait(app: string, machine: string, request: WaitRequest): Promise<{ reached: boolean }>;
  /** A command without a shell around it, to its end. The machine must be started. */
  exec(app: string, machine: string, request: ExecInMachine): Promise<Required<WireExecReply>>;
  patchMetadata(app: string, machine: string, metadata: Record<string, string>, nonce?: string): Promise<void>;
}

export interface CreateMachine {
  name: string;
  region: string;
  config: WireMachineConfig;
  /** The machine is born with a lease of this many seconds; the reply carries its nonce. Absent = nobody holds it. */
  leaseTtlSeconds?: number;
  minSecretsVersion: number | null;
  /** It is made and stays stopped. */
  skipLaunch?: boolean;
  /** It does not get the secrets of the app. */
  skipSecrets?: boolean;
}

export interface UpdateMachine {
  config: WireMachineConfig;
  /** The update is refused when another version is there by now. */
  currentVersion: string;
  minSecretsVersion: number | null;
  nonce: string;
}

/** `settled` is any state in which a machine stays by itself. */
export type WaitState = 'started' | 'stopped' | 'suspended' | 'destroyed' | 'settled';

export interface WaitRequest {
  state: WaitState;
  /** The version (instance id) that must get there. */
  version?: string;
  /** Whole seconds, 1 to 60. */
  timeoutSeconds: number;
}

export interface ExecInMachine {
  command: string[];
  stdin?: string;
  /** Whole seconds, at most 60. */
  timeoutSeconds: number;
  /** Twice is the same as once: it is run again where its answer was lost. */
  isRepeatable?: boolean;
}

/** Fly gives no more, and has no paging. */
const MOST_EVENTS = 50;

/** Fly refuses to wait longer in one request. */
export const LONGEST_WAIT_SECONDS = 60;

export function machinesApi(send: Send): MachinesApi {
  return {
    async list(app, { includeDestroyed = false, includeLeases = false, includeBuilders = false } = {}) {
      const query = {
        include_deleted: includeDestroyed ? 'true' : undefined,
        include_leases: includeLeases ? 'true' : undefined,
      };
      const all = await send<WireMachine[]>('listMachines', { params: { app }, query });
      // One that moves to another host may be listed with both.
      const machines = once([...all.filter(isMoved), ...all.filter((one) => !isMoved(one))], byId).map(completed);
      return includeBuilders ? machines : machines.filter((machine) => !isBuilder(machine));
    },
    async everExisted(app) {
      const query = { include_deleted: 'true' };
      return (await send<WireMachine[]>('listMachines', { params: { app }, query })).length > 0;
    },
    async get(app, machine) {
      const found = await orNull(send<WireMachine>('getMachine', { params: { app, machine } }));
      return found === null ? null : completed(found);
    },
    create: async (app, request) => {
      const made = await send<WireMachine>('createMachine', {
        params: { app },
        body: {
          name: request.name,
          region: request.region,
          config: request.config as JsonObject,
          ...(request.leaseTtlSeconds === undefined ? {} : { lease_ttl: request.leaseTtlSeconds }),
          ...(request.skipSecrets === true ? { skip_secrets: true } : {}),
          ...(request.skipLaunch === true ? { skip_launch: true } : {}),
          ...minSecretsVersion(request.minSecretsVersion),
        },
        subject: { region: request.region, gpu: asksForGpu(request.config) },
      });
      return completed(made);
    },
    update: async (app, machine, request) => {
      const updated = await send<WireMachine>('updateMachine', {
        params: { app, machine },
        body: {
          config: request.config as JsonObject,
          current_version: request.currentVersion,
          ...minSecretsVersion(request.minSecretsVersion),
        },
        nonce: request.nonce,
        subject: { gpu: asksForGpu(request.config) },
      });
      return completed(updated);
    },
    async start(app, machine, nonce) {
      await send<unknown>('startMachine', { params: { app, machine }, nonce });
    },
    async stop(app, machine, { timeoutMs, nonce }) {
      const seconds = Math.ceil(timeoutMs / 1_000);
      // SIGINT (the default) would not end a shell; the image's main process ends on SIGTERM.
      await send<unknown>('stopMachine', {
        params: { app, machine },
        body: { signal: 'SIGTERM', timeout: `${seconds}s` },
        nonce,
        expectedMs: timeoutMs,
      });
    },
    async suspend(app, machine) {
      await send<unknown>('suspendMachine', { params: { app, machine } });
    },
    async restart(app, machine, { timeoutMs }) {
      const timeout = `${Math.ceil(timeoutMs / 1_000)}s`;
      const query = { signal: 'SIGTERM', timeout };
      // The answer may come after the old process has ended.
      await send<unknown>('restartMachine', { params: { app, machine }, query, expectedMs: timeoutMs });
    },
    async events(app, machine) {
      const query = { limit: MOST_EVENTS };
      return (await send<WireMachineEvent[]>('listEvents', { params: { app, machine }, query })).map(timed);
    },
    delete: (app, machine, nonce) =>
      existed(send<unknown>('deleteMachine', { params: { app, machine }, query: { force: 'true' }, nonce })),
    async wait(app, machine, { state, version, timeoutSeconds }) {
      try {
        await send<unknown>('waitMachine', {
          params: { app, machine },
          query: { state, version, timeout: timeoutSeconds },
          expectedMs: timeoutSeconds * 1_000,
          finalStatuses: [408],
        });
        return { reached: true };
      } catch (error) {
        if (hasCode(error, 'FLY_TIMED_OUT')) return { reached: false };
        throw error;
      }
    },
    async exec(app, machine, { command, stdin, timeoutSeconds, isRepeatable = false }) {
      const reply = await send<WireExecReply | undefined>('execMachine', {
        params: { app, machine },
        body: { command, timeout: timeoutSeconds, ...(stdin === undefined ? {} : { stdin }) },
        expectedMs: timeoutSeconds * 1_000,
        ...(isRepeatable ? { repeat: 'idempotent' } : {}),
        // It took longer than it may.
        finalStatuses: [408],
      });
      return {
        exit_code: reply?.exit_code ?? 0,
        exit_signal: reply?.exit_signal ?? 0,
        stdout: reply?.stdout ?? '',
        stderr: reply?.stderr ?? '',
      };
    },
    async patchMetadata(app, machine, metadata, nonce) {
      await send<unknown>('patchMetadata', { params: { app, machine }, body: { metadata }, nonce });
    },
  };
}

/** The place that a machine has left. */
const isMoved = ({ state }: WireMachine): boolean => ['destroyed', 'replaced', 'migrated'].includes(state);

function timed(event: WireMachineEvent): WireMachineEvent {
  return { ...event, timestamp: event.timestamp ?? 0 };
}

/** What the rest relies on, where an answer has left it out. */
export function completed(machine: WireMachine): WireMachine {
  const events = (machine.events ?? []).map(timed);
  return { ...machine, name: machine.name ?? '', region: machine.region ?? '', events };
}

/** The version of a machine's config, by either of its names. */
export function versionOf(machine: WireMachine): string {
  return machine.instance_id ?? machine.version ?? '';
}

/** The metadata of a machine, also of one whose host does not answer. */
export function metadataOf(machine: WireMachine): Record<string, string> {
  return machine.config?.metadata ?? machine.incomplete_config?.metadata ?? {};
}

/** Whether a machine only builds an image: it is none of an environment's instances. */
export function isBuilder(machine: WireMachine): boolean {
  return metadataOf(machine)[metadataKeys.builder] !== undefined;
}

function minSecretsVersion(version: number | null): JsonObject {
  return version === null ? {} : { min_secrets_version: version };
}

function asksForGpu(config: WireMachineConfig): boolean {
  return typeof config.guest?.gpu_kind === 'string';
}
