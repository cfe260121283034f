import type { SindriError } from '../model/errors.js';
import { nearest } from '../nearest.js';
import type { HoldRequest } from '../model/hold.js';
import type { EventsRequest } from '../model/past-event.js';
import type { DialRequest, ExecRequest, LogRequest, SessionRequest } from '../model/session.js';
import type { InstanceCapability, InstanceRequest, Provider } from './contract.js';
import { coreError } from '../model/core-error.js';

/** A request as a caller may give it: what a provider gets always, a caller may leave out, and may give as `undefined`. */
export type Loose<T> = { [K in keyof T]?: T[K] | undefined };

/** What a caller gives for a session; everything is optional. */
export type SessionOptions = Loose<SessionRequest>;
/** What a caller gives for a command. */
export type ExecOptions = Loose<ExecRequest> & Pick<ExecRequest, 'command'>;
/** What a caller gives for a byte stream. */
export type DialOptions = Loose<DialRequest> & Pick<DialRequest, 'port'>;
/** What a caller gives for log lines; without anything, all lines that there are now. */
export type LogOptions = Loose<LogRequest>;

/** What a caller gives for past events; without anything, all that the platform remembers. */
export type EventsOptions = Loose<EventsRequest>;

/** What a caller gives to keep an environment awake. */
export type HoldOptions = Loose<HoldRequest> & Pick<HoldRequest, 'durationMs'>;

/** Nobody wants an environment to be awake for longer without a look at it, and clocks have their limits. */
const LONGEST_HOLD_MS = 7 * 24 * 60 * 60_000;
const LONGEST_REASON = 100;

/** The hold that a provider is asked for. Throws `USAGE` for a time that is none, or too long. */
export function readHold(
  provider: Provider,
  { durationMs, reason, instance, untilInstalled, detach }: HoldOptions,
): HoldRequest {
  if (!(durationMs > 0 && durationMs <= LONGEST_HOLD_MS)) {
    throw usage('An environment can be kept awake for more than 0 ms and at most 7 days.');
  }
  // Others read it: one line, and no more than a line.
  const words = (reason ?? '').replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim();
  if (detach === true && untilInstalled !== true) {
    throw usage('Only what ends with the installation can be left inside: "detach" needs "untilInstalled".');
  }
  return present({
    durationMs,
    reason: words === '' ? 'on request' : words.slice(0, LONGEST_REASON),
    ...readInstance(provider, 'hold', instance),
    untilInstalled: untilInstalled === true ? true : undefined,
    detach: detach === true ? true : undefined,
  });
}

/** The instance that a provider is asked for. Throws `CAPABILITY_UNSUPPORTED` where it can be asked for all of them alone. */
export function readInstance(
  { name, instanceCapabilities = [] }: Provider,
  capability: InstanceCapability,
  instance: string | undefined,
): InstanceRequest {
  if (instance === undefined) return {};
  if (instanceCapabilities.includes(capability)) return { instance };
  throw coreError({
    code: 'CAPABILITY_UNSUPPORTED',
    kind: 'usage',
    message: `The provider "${name}" takes no instance for "${capability}".`,
    hint: 'Leave out --instance: it is then asked for the whole environment.',
    details: { provider: name, capability, instance, instanceCapabilities: [...instanceCapabilities] },
  });
}

/** The session that a provider is asked for. Throws `USAGE` for a method that it does not have. */
export function readSession(provider: Provider, options: SessionOptions): SessionRequest {
  const { terminal, method, ...rest } = options;
  return present({
    ...rest,
    ...(terminal === undefined ? {} : { terminal: { ...terminal, ...size(terminal) } }),
    method: readMethod(provider, method),
  });
}

/** The command that a provider is asked to run. Throws `USAGE` for one without a program or with a bad time limit. */
export function readExec(options: ExecOptions): ExecRequest {
  const { command, timeoutMs } = options;
  if (!Array.isArray(command) || command.length === 0 || !command.every((word) => typeof word === 'string')) {
    throw usage('A command is a program and its arguments, all of them texts.');
  }
  if (timeoutMs !== undefined && !(timeoutMs > 0)) throw usage('The time limit of a command must be more than 0 ms.');
  return present({ ...options, command: [...command] });
}

/** The byte stream that a provider is asked for. Throws `USAGE` for a port that there is not. */
export function readDial(provider: Provider, options: DialOptions): DialRequest {
  const { port, method } = options;
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw usage(`${JSON.stringify(port)} is no port: a port is a number from 1 to 65535.`);
  }
  return present({ ...options, method: readMethod(provider, method) });
}

/** The lines that a provider is asked for. */
export function readLogs({ follow, tail, sinceMs, instance }: LogOptions): LogRequest {
  requireCount(tail, 'lines');
  return present({ follow: follow === true, tail, sinceMs, instance });
}

/** The events that a provider is asked for. */
export function readEvents({ sinceMs, tail, instance }: EventsOptions): EventsRequest {
  requireCount(tail, 'events');
  return present({ sinceMs, tail, instance });
}

function requireCount(tail: number | undefined, things: string): void {
  if (tail !== undefined && (!Number.isInteger(tail) || tail < 0)) throw usage(`"tail" is a number of ${things}.`);
}

/** `undefined` for `auto`, which leaves the choice to the provider. */
function readMethod(provider: Provider, method: string | undefined): string | undefined {
  if (method === undefined || method === 'auto') return undefined;
  const names = ['auto', ...(provider.connectionMethods ?? []).map(({ name }) => name)];
  if (names.includes(method)) return method;
  const meant = nearest(method, names);
  throw coreError({
    code: 'CONNECTION_METHOD_UNKNOWN',
    kind: 'usage',
    message: `The provider "${provider.name}" has no connection method "${method}".`,
    hint: `${meant === undefined ? '' : `Did you mean "${meant}"? `}It has: ${names.join(', ')}.`,
    details: { provider: provider.name, method, methods: names },
  });
}

/** A terminal that tells no size, or a silly one, has the size that every program can draw on. */
function size({ columns, rows }: { columns: number; rows: number }): { columns: number; rows: number } {
  const valid = (value: number): boolean => Number.isInteger(value) && value > 0 && value < 10_000;
  return { columns: valid(columns) ? columns : 80, rows: valid(rows) ? rows : 24 };
}

function present<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]: Exclude<T[K], undefined> };
}

function usage(message: string): SindriError {
  return coreError({ code: 'USAGE', kind: 'usage', message });
}
