import type { Duplex, Readable, Writable } from 'node:stream';
import type { OperationContext } from '../model/context.js';
import type { EnvironmentSpec, SecretBundle, SecretInfo } from '../model/spec.js';
import type { ConfigProblem } from '../model/problem.js';
import type { JsonObject, JsonSchema } from '../model/json.js';
import type { Change, CostSummary, PlanIntent, ProviderPlan } from '../model/plan.js';

/** The version of this contract. A new required member or a changed meaning makes a new one. */
export const PROVIDER_API_VERSION = 1;

/** What a provider can do beyond the required part. Each name is also the name of the member that does it. */
export type Capability =
  | 'power'
  | 'session'
  | 'exec'
  | 'dial'
  | 'sshTarget'
  | 'logs'
  | 'artifacts'
  | 'secrets'
  | 'volumes'
  | 'snapshots'
  | 'cost'
  | 'hold'
  | 'diagnose';

/**
 * A provider makes the environment of an {@link EnvironmentSpec} real somewhere and tells what is there.
 *
 * It is a plain object from a factory and keeps no state between calls: what exists is what the platform says. Every method
 * takes what it needs; nothing reads globals. Methods reject with a `SindriError` whose code starts with the provider's area.
 */
export interface Provider {
  /** `^[a-z][a-z0-9-]*$`; the value of `deployment.provider`. */
  readonly name: string;
  readonly apiVersion: typeof PROVIDER_API_VERSION;
  /** For people: `Fly.io`. */
  readonly title: string;
  /** Must list exactly the optional members that are present. */
  readonly capabilities: readonly Capability[];
  /**
   * With the capability `session`: what it may be asked for, where the platform cannot do both. Absent = every mode. A request
   * that needs another mode is refused before the provider is called.
   */
  readonly sessionModes?: readonly SessionMode[];
  /** JSON Schema (2020-12) of `providers.<name>`, an object with `additionalProperties: false` and camelCase keys. */
  readonly optionsSchema: JsonSchema;

  /**
   * Judges a spec beyond the schema: limits, combinations, things the platform no longer offers. Pure; runs with the schema
   * validation, before any request, and its problems are reported together with the schema's. `path` is a path of the file.
   */
  validate?(spec: EnvironmentSpec): ConfigProblem[];

  /** Prerequisites, each with its fix: token, reachability, quota. Changes nothing. Does not need a spec to be deployed. */
  check(request: CheckRequest, context: OperationContext): Promise<CheckReport>;

  /**
   * One consistent look at everything this provider owns for `spec`. Read-only. A read that failed makes the resource
   * `unobserved`, never `absent`: absent things get created. Rejects only when nothing at all can be said (no credentials,
   * no connection). With the purpose `summary` only what {@link Provider.summarize} needs must be read.
   */
  observe(spec: EnvironmentSpec, context: OperationContext, request?: ObserveRequest): Promise<Observation>;

  /**
   * The steps from `observation` to the wanted state. Pure and deterministic: no clock, no I/O, no randomness. With
   * `intent: 'destroy'` nothing is wanted, except what `keep` names. A plan over what `apply` has just produced is empty, and
   * two looks at an unchanged world give the same plan. Throws with kind `usage` for a type in `keep` that cannot stay, and
   * with kind `refused` when somebody else's thing has a name that is wanted.
   */
  plan(request: PlanRequest, observation: Observation): ProviderPlan;

  /**
   * Performs one change and returns what is now there. Safe to repeat: a create that already happened (its answer was lost,
   * or another client was faster) is found and adopted, not made twice. Rejects with kind `incomplete` when the outcome is
   * unknown. Called only after every change in `dependsOn` is applied or skipped. Reports `change.progress`; starts and ends
   * of changes are told by core.
   */
  apply(change: Change, context: ApplyContext): Promise<ApplyResult>;

  /** What people want to know about the environment. Pure. */
  summarize(spec: EnvironmentSpec, observation: Observation): EnvironmentSummary;

  /** Starts and stops the environment; present with the capability `power`. */
  readonly power?: Power;
  /**
   * An interactive or command process; present with the capability `session`. Wakes a sleeping environment. The signal ends
   * the opening; an open session is ended by its `close`.
   */
  session?(spec: EnvironmentSpec, request: SessionRequest, context: OperationContext): Promise<Session>;
  /** One command to its end through the platform's control plane, with bounded output; present with the capability `exec`. */
  exec?(spec: EnvironmentSpec, request: ExecRequest, context: OperationContext): Promise<ExecResult>;
  /** A byte stream to a TCP port inside; present with the capability `dial`. Wakes a sleeping environment. */
  dial?(spec: EnvironmentSpec, request: DialRequest, context: OperationContext): Promise<Duplex>;
  /** How any SSH client reaches the environment; present with the capability `sshTarget`. */
  sshTarget?(spec: EnvironmentSpec, context: OperationContext): Promise<SshTarget>;
  /** What the environment wrote; present with the capability `logs`. Oldest first. Ends when `follow` is false, or on abort. */
  logs?(spec: EnvironmentSpec, request: LogRequest, context: OperationContext): AsyncIterable<LogLine>;
  /** Files to inspect, generated from the spec alone (a fly.toml, a compose file); present with the capability `artifacts`. */
  artifacts?(spec: EnvironmentSpec): Artifact[];
  /** Reserved: later contract additions. A provider that declares one of these names must supply the member. */
  readonly secrets?: unknown;
  readonly volumes?: unknown;
  readonly snapshots?: unknown;
  readonly cost?: unknown;
  readonly hold?: unknown;
  readonly diagnose?: unknown;
}

/** How much of the environment to look at. */
export interface ObserveRequest {
  /** What the look is for; absent = `plan`, which needs everything. A `summary` may save requests. */
  purpose?: 'plan' | 'summary';
}

/** What `check` is to judge. */
export interface CheckRequest {
  /** When given, also judge what this environment in particular needs. */
  spec?: EnvironmentSpec;
}

/** The prerequisites of a provider. */
export interface CheckReport {
  items: CheckItem[];
}

/** One prerequisite: what was seen of it, and what to do. */
export interface CheckItem {
  /** `token`, `reachability`. */
  id: string;
  title: string;
  status: 'ok' | 'warning' | 'failed' | 'skipped';
  /** What was seen. No secrets. */
  message: string;
  /** What to do when it is not `ok`. */
  fix?: string;
}

/** What was seen, at one moment. JSON, no secrets. */
export interface Observation {
  environment: string;
  provider: string;
  /** ISO 8601. */
  observedAt: string;
  resources: ObservedResource[];
  /** Anything else `plan` needs to know from outside: which SSH key this user has, which regions exist. */
  facts: JsonObject;
}

/** One thing as it was seen, or the reason why nothing can be said about it. */
export interface ObservedResource {
  /** Unique within the observation and stable: `app`, `volume:home_data`. */
  id: string;
  type: string;
  name: string;
  status: 'present' | 'absent' | 'unobserved';
  /** Why it could not be read, for `unobserved`. */
  reason?: string;
  /** Whether it carries this environment's mark. Things that do not are never deleted. */
  owned?: boolean;
  /** The provider's view of it, for `present`. */
  data?: JsonObject;
}

/** What is wanted. */
export interface PlanRequest {
  spec: EnvironmentSpec;
  intent: PlanIntent;
  /** Secrets that are going to be set, without their values. Sorted by name. */
  secrets: readonly SecretInfo[];
  /** With `intent: 'destroy'`: resource types to leave in place, such as `volume`. */
  keep?: readonly string[];
}

/** What `apply` is given beside the change: the only place where secret values can be had. */
export interface ApplyContext extends OperationContext {
  readonly spec: EnvironmentSpec;
  /** The observation that the plan was made from. */
  readonly observation: Observation;
  readonly secrets: SecretBundle;
  /** Results of the changes applied so far, by change id. */
  readonly results: Readonly<Record<string, JsonObject>>;
  /** New for every apply: the mark by which this run finds again what it created when an answer was lost. */
  readonly launchId: string;
  /** How long to wait for somebody else's lock before giving up, in ms. */
  readonly lockTimeoutMs: number;
  /**
   * Return as soon as the platform has accepted the change, instead of waiting until the environment can be used. What fails
   * after that is seen by the next look.
   */
  readonly detach: boolean;
}

/** How one change ended. */
export interface ApplyResult {
  /** `skipped` when there was nothing left to do, with the reason in `reason`. */
  status: 'applied' | 'skipped';
  reason?: string;
  /** What is now there; later changes read it from {@link ApplyContext.results}. No secrets. */
  result: JsonObject;
}

/** The state in words that all providers share; the platform's own word is `platformState`. */
export type EnvironmentState =
  | 'absent'
  | 'incomplete'
  | 'creating'
  | 'running'
  | 'stopping'
  | 'stopped'
  | 'suspending'
  | 'suspended'
  | 'destroying'
  | 'failed'
  | 'unknown';

/** What people want to know about an environment. */
export interface EnvironmentSummary {
  environment: string;
  provider: string;
  state: EnvironmentState;
  /** The platform's own word for the state. */
  platformState: string | null;
  /** Only when something is wrong or half done: what, in one sentence. */
  stateReason?: string;
  /** The reference that runs now, as the platform resolved it. */
  image: string | null;
  /** Where it runs: `sjc`. */
  region: string | null;
  addresses: EnvironmentAddress[];
  /** ISO 8601, `null` when unknown. */
  timestamps: {
    createdAt: string | null;
    startedAt: string | null;
    stoppedAt: string | null;
    updatedAt: string | null;
  };
  resources: { memoryMb: number | null; cpus: number | null; volumeGb: number | null };
  cost: CostSummary | null;
  /** What happens when nobody is connected, in one sentence. `null` when nothing happens. */
  idleBehaviour: string | null;
  /** The provider's own ids and words, for people and scripts. */
  details: JsonObject;
}

/** One way in, for people and scripts. */
export interface EnvironmentAddress {
  type: 'ssh' | 'http' | 'https' | 'internal' | 'external';
  value: string;
  port?: number;
  /** `dedicated IPv6, free`. */
  note?: string;
}

/** At least one of `stop` and `suspend` is present. */
export interface Power {
  /** Starts what is stopped or suspended and returns when it is usable. Nothing to do is a success. */
  start(spec: EnvironmentSpec, context: OperationContext): Promise<PowerResult>;
  /** Ends the processes; absent where the platform can only pause. Nothing to do is a success. */
  stop?(spec: EnvironmentSpec, context: OperationContext): Promise<PowerResult>;
  /**
   * Keeps memory; absent where the platform cannot. Rejects when it cannot now, rather than stopping instead. Nothing to do is
   * a success.
   */
  suspend?(spec: EnvironmentSpec, context: OperationContext): Promise<PowerResult>;
}

/** The states around a start, stop or suspend; equal when there was nothing to do. */
export interface PowerResult {
  before: EnvironmentState;
  after: EnvironmentState;
}

/**
 * `command`: a process without a terminal, be it a command or a login shell that reads its input from a pipe. `terminal`: a
 * login shell in a terminal. A command in a terminal needs both.
 */
export type SessionMode = 'command' | 'terminal';

/** The process to start, and the terminal it gets. */
export interface SessionRequest {
  /** A command line for the environment's login shell; absent = that shell itself. */
  command?: string;
  /** Absent = no terminal: stdout and stderr stay apart and bytes are not changed. */
  terminal?: TerminalSize & { type: string };
  /** Environment variables for the process; the environment may refuse some. */
  env?: Record<string, string>;
  /** The way in, for providers with several: `auto`, `direct`, `dedicated`. Default `auto`. */
  method?: string;
}

/** In characters. */
export interface TerminalSize {
  columns: number;
  rows: number;
}

/** A process in the environment. */
export interface Session {
  readonly stdin: Writable;
  readonly stdout: Readable;
  /** Empty when the session has a terminal. */
  readonly stderr: Readable;
  /** Does nothing without a terminal. */
  resize(size: TerminalSize): void;
  /** Delivers a signal by name without `SIG`: `INT`, `TERM`. Does nothing where the platform cannot. */
  signal(name: string): void;
  /** Settles once the process has ended and its output was delivered. Rejects with kind `transport` when the way broke. */
  readonly exited: Promise<SessionExit>;
  /** Ends the session without waiting for the process. */
  close(): void;
}

/** Exactly one of the two is not `null`. A platform that knows only numbers reports a signal as a code above 128. */
export interface SessionExit {
  code: number | null;
  /** Without `SIG`. */
  signal: string | null;
}

/** A command to be run to its end. */
export interface ExecRequest {
  /** Program and arguments; no shell in between. */
  command: string[];
  stdin?: string;
  timeoutMs?: number;
}

/** How a command ended, with everything it wrote. */
export interface ExecResult {
  exitCode: number;
  stdout: string;
  stderr: string;
}

/** Where a byte stream is to lead. */
export interface DialRequest {
  /** TCP port inside the environment. */
  port: number;
  method?: string;
}

/** How any SSH client reaches the environment. */
export interface SshTarget {
  user: string;
  /** Candidates in the order of preference. */
  addresses: { host: string; port: number; note?: string }[];
  /** Pinned public host keys, each `ssh-ed25519 AAAA…`. Never empty: without a known host key there is no target. */
  hostKeys: string[];
  /** The private key that fits, `null` when it lives in an agent only. */
  identityFile: string | null;
  /** A name under which known_hosts keeps the keys, equal for all addresses. */
  hostKeyAlias: string;
}

/** Which lines to read. */
export interface LogRequest {
  /** Keep waiting for new lines. */
  follow: boolean;
  /** Only lines at or after this time, ms since the epoch. */
  sinceMs?: number;
  /** At most so many of the newest lines before following. */
  tail?: number;
}

/** One line of what an environment wrote. */
export interface LogLine {
  /** ISO 8601. */
  timestamp: string;
  /** Who wrote it: `app`, `runner`, `proxy`. */
  source: string;
  level: string;
  /** The machine, container or pod. */
  instance: string;
  message: string;
}

/** A file to inspect, generated from the spec alone. */
export interface Artifact {
  /** A file name, no directories. */
  name: string;
  /** `application/toml`. */
  mediaType: string;
  content: string;
}

/**
 * What a provider package declares in its `package.json` under `sindri.provider`, so that a host can list and check it
 * without running its code.
 */
export interface ProviderDeclaration {
  name: string;
  apiVersion: number;
  title?: string;
  /** Module file relative to the package, whose default export or `createProvider` export is a {@link ProviderFactory}. */
  entry: string;
  /**
   * A command (of any installed plugin) that starts a local stand-in for the platform and returns `{ env }`, the variables
   * with which this provider uses it. It serves `--local`.
   */
  local?: { command: string };
  /**
   * Module file relative to the package that exports `createSubject`, with which the conformance kit can judge the provider
   * as installed (`sindri provider verify`). Without it the cases that need a platform run on the local stand-in only
   * (`sindri provider verify --local`).
   */
  conformance?: string;
}

/** Makes a provider. Called once per process; must not do I/O. */
export type ProviderFactory = () => Provider;
