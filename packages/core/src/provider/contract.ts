import type { Duplex } from 'node:stream';
import type { Artifact } from '../model/artifact.js';
import type { ConnectionMethod } from '../model/connection.js';
import type { OperationContext } from '../model/context.js';
import type { CostReport } from '../model/cost.js';
import type { Intent, IntentCapability } from '../model/intent.js';
import type { JsonObject, JsonSchema } from '../model/json.js';
import type { Import } from '../model/imported.js';
import type { AdmittedKey } from '../model/keys.js';
import type { Diagnosis } from '../model/diagnosis.js';
import type { Hold, HoldRequest } from '../model/hold.js';
import type { EnvironmentListing } from '../model/listing.js';
import type { Observation, ObservedResource, ObserveRequest } from '../model/observation.js';
import type { EventsRequest, PastEvent } from '../model/past-event.js';
import type { Change, ProviderPlan } from '../model/plan.js';
import type { ConfigProblem } from '../model/problem.js';
import type { PlatformRegion } from '../model/region.js';
import type {
  DialRequest,
  ExecRequest,
  ExecResult,
  LogLine,
  LogRequest,
  Session,
  SessionMode,
  SessionRequest,
  SshTarget,
} from '../model/session.js';
import type { VolumeSnapshot } from '../model/snapshot.js';
import type { EnvironmentSpec, SecretBundle, SecretInfo } from '../model/spec.js';
import type { EnvironmentState, EnvironmentSummary } from '../model/summary.js';
import type { TunnelPeer } from '../model/tunnel-peer.js';
import type { Builds } from './builds.js';
import type { Images } from './images.js';
import type { SampleConfig } from './sample-config.js';
import type { Secrets } from './secrets.js';
import type { SignIn } from './sign-in.js';

/** The version of this contract. A new required member or a changed meaning makes a new one. */
export const PROVIDER_API_VERSION = 1;

/**
 * What a provider can do beyond the required part. Each name is also the name of the member that does it.
 */
export type Capability =
  | 'power'
  | 'session'
  | 'exec'
  | 'dial'
  | 'tunnelPeers'
  | 'sshTarget'
  | 'logs'
  | 'artifacts'
  | 'volumes'
  | 'snapshots'
  | 'keys'
  | 'secrets'
  | 'environments'
  | 'events'
  | 'hold'
  | 'diagnose'
  | 'cost'
  | 'regions'
  | 'signIn'
  | 'import'
  | 'builds';

/** What can be asked of one of several instances, where a provider says so: see {@link ProviderV1.instanceCapabilities}. */
export type InstanceCapability = Extract<Capability, 'power' | 'hold' | 'sshTarget'>;

/** Which of several instances a request means. */
export interface InstanceRequest {
  /** One of {@link EnvironmentSummary.instances}. One that is not there is refused. Absent = what each capability says. */
  instance?: string;
}

/**
 * The shapes of a provider's own data, all of them JSON. Core never looks inside; a provider in TypeScript names them once
 * (`defineProvider<MyShapes>({ … })`) and needs no casts.
 */
export interface ProviderShapes {
  /** `providers.<name>` as `optionsSchema` accepts it, defaults filled in: {@link EnvironmentSpec.options}. */
  options: object;
  /** {@link ObservedResource.data}: the union of what the resources of this provider carry. */
  data: object;
  /** {@link Observation.facts}. */
  facts: object;
  /** {@link Change.payload}. */
  payload: object;
  /** {@link ApplyResult.result}. */
  result: object;
}

/** The shapes of a provider about which nothing more is known: what core and its callers see. */
export interface JsonShapes extends ProviderShapes {
  options: JsonObject;
  data: JsonObject;
  facts: JsonObject;
  payload: JsonObject;
  result: JsonObject;
}

/**
 * A provider makes the environment of an {@link EnvironmentSpec} real somewhere and tells what is there.
 *
 * It is a plain object from a factory and keeps no state between calls: what exists is what the platform says. Every method
 * takes what it needs; nothing reads globals. Methods reject with a `SindriError` whose code starts with the provider's area.
 * Requests arrive normalised: optional members are absent or valid, never `undefined` by accident.
 */
export interface ProviderV1<S extends ProviderShapes = JsonShapes> {
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
  /**
   * With the capability `session`: an SSH agent can be forwarded into a session ({@link SessionRequest.forwardAgent}). Absent = it cannot, and
   * a request for it is refused before the provider is called.
   */
  readonly forwardsAgent?: boolean;
  /**
   * The ways to reach an environment that people may choose from with `--method`, in the order of help. Absent = there is one,
   * and no choice. A request that names another is refused before the provider is called.
   */
  readonly connectionMethods?: readonly ConnectionMethod[];
  /**
   * Which of these capabilities take an `instance`. Absent = none of them: a request that names one is refused before the provider is called.
   * `session`, `exec`, `dial`, `logs` and `events` always take one.
   */
  readonly instanceCapabilities?: readonly InstanceCapability[];
  /**
   * JSON Schema (2020-12) of `providers.<name>`, an object with `additionalProperties: false` and camelCase keys. What it
   * requires is required also when a config has no such block at all.
   */
  readonly optionsSchema: JsonSchema;
  /** What a first config for this provider says, and what the conformance kit deploys. Absent = core's guess. */
  readonly sample?: SampleConfig;
  /** What credentials of this platform look like; such texts are hidden wherever they appear. */
  readonly secretPatterns?: readonly RegExp[];
  /**
   * Secrets that nobody declares unless the environment is useless without them, such as the keys that may log in: where the config
   * does not say `required`, they are. A deploy without a value is then refused before anything is sent.
   */
  readonly requiredSecrets?: readonly string[];

  /**
   * Secrets can be files inside ({@link SecretSpec.file}; the value is the content in base64). Absent = they cannot, and a config that
   * wants one is refused before anything is sent.
   */
  readonly secretFiles?: boolean;

  /**
   * Judges a spec beyond the schema: limits, combinations, things the platform no longer offers. Pure; runs with the schema
   * validation, before any request, and its problems are reported together with the schema's. `path` is a path of the file.
   * A rule about *making* something sets `blocks: 'deploy'`, so that what exists can still be looked at and removed.
   */
  validate?(spec: EnvironmentSpec<S['options']>): ConfigProblem[];

  /**
   * Looks at the value of a secret that is going to be set, before anything is sent: refuses one that cannot work, and tells what
   * of it may be shown. Pure. What it returns must not contain the value.
   */
  inspectSecret?(secret: { name: string; value: string }, spec: EnvironmentSpec<S['options']>): SecretFinding;

  /**
   * How the platform comes by images. Absent = it fetches what the config names. A host that resolves images has put
   * `repository@sha256:…` into the spec before `observe`, `plan` and `apply` of a deploy get it.
   */
  readonly images?: Images<S['options']>;

  /** Prerequisites, each with its fix: token, reachability, quota. Changes nothing. Does not need a spec to be deployed. */
  check(request: CheckRequest<S['options']>, context: OperationContext): Promise<CheckReport>;

  /**
   * One consistent look at everything this provider owns for `spec`. Read-only. A read that failed makes the resource
   * `unobserved`, never `absent`: absent things get created. Rejects only when nothing at all can be said (no credentials,
   * no connection). With the purpose `summary` only what {@link ProviderV1.summarize} needs must be read.
   */
  observe(
    spec: EnvironmentSpec<S['options']>,
    context: OperationContext,
    request?: ObserveRequest,
  ): Promise<Observation<S['data'], S['facts']>>;

  /**
   * The steps from `observation` to what the intent wants. Pure and deterministic: no clock, no I/O, no randomness. A plan over
   * what `apply` has just produced is empty, and two looks at an unchanged world give the same plan. A deploy with a change also
   * wakes what sleeps, and repairs what has failed; what sleeps and matches stays asleep, with an empty plan. An image with a
   * digest is compared by that; of one without, what was resolved at the last deploy counts, whatever the pull policy. Throws with kind `usage`
   * for a type in `keep` that cannot stay, and with kind `refused` when somebody else's thing has a name that is wanted.
   */
  plan(request: PlanRequest<S['options']>, observation: Observation<S['data'], S['facts']>): ProviderPlan<S['payload']>;

  /**
   * Performs one change and returns what is now there. Safe to repeat: a create that already happened (its answer was lost,
   * or another client was faster) is found and adopted, not made twice. Rejects with kind `incomplete` when the outcome is
   * unknown. Called only after every change in `dependsOn` is applied or skipped. Reports `change.progress`; starts and ends
   * of changes are told by core. After all changes of a deploy the environment can be used: what ends right after its start, or
   * an image that does not exist, makes it reject.
   */
  apply(change: Change<S['payload']>, context: ApplyContext<S>): Promise<ApplyResult<S['result'], S['data']>>;

  /** What people want to know about the environment. Pure. */
  summarize(spec: EnvironmentSpec<S['options']>, observation: Observation<S['data'], S['facts']>): EnvironmentSummary;

  /** Starts and stops the environment; present with the capability `power`. */
  readonly power?: Power<S['options']>;
  /**
   * An interactive or command process; present with the capability `session`. Wakes a sleeping environment. The signal ends
   * the opening; an open session is ended by its `close`. What runs finds the secrets of the spec in its environment, and the
   * workspace volume as its home: what is in `~` survives every update.
   */
  session?(spec: EnvironmentSpec<S['options']>, request: SessionRequest, context: OperationContext): Promise<Session>;
  /**
   * One command to its end through the platform's control plane; present with the capability `exec`. The first 64 KiB of each
   * stream come back at least. Does not wake a sleeping environment: rejects with kind `refused` and says how to start it.
   */
  exec?(spec: EnvironmentSpec<S['options']>, request: ExecRequest, context: OperationContext): Promise<ExecResult>;
  /**
   * A byte stream to a TCP port inside; present with the capability `dial`. Wakes a sleeping environment. Rejects with
   * {@link portNotListening} when the environment was reached and nothing listens there; a relay that accepts before it knows may
   * end the stream at once instead.
   */
  dial?(spec: EnvironmentSpec<S['options']>, request: DialRequest, context: OperationContext): Promise<Duplex>;
  /** The computers that are let into the platform's private network; present with the capability `tunnelPeers`. */
  readonly tunnelPeers?: TunnelPeers<S['options']>;
  /**
   * How any SSH client reaches the environment: the instance that `request` names, or the one that a session would take. Present with
   * the capability `sshTarget`.
   */
  sshTarget?(
    spec: EnvironmentSpec<S['options']>,
    context: OperationContext,
    request?: InstanceRequest,
  ): Promise<SshTarget>;
  /**
   * With the capability `sshTarget`: the bytes of that SSH server, by whichever way works from here, for what is more than an address. Absent =
   * the addresses, or the program, of the target are all there is. Rejects with kind `transport` when nothing leads there.
   */
  sshStream?(spec: EnvironmentSpec<S['options']>, context: OperationContext): Promise<Duplex>;
  /** What the environment wrote; present with the capability `logs`. Oldest first. Ends when `follow` is false, or on abort. */
  logs?(spec: EnvironmentSpec<S['options']>, request: LogRequest, context: OperationContext): AsyncIterable<LogLine>;
  /** Files to inspect, generated from the spec alone (a fly.toml, a compose file); present with the capability `artifacts`. */
  artifacts?(spec: EnvironmentSpec<S['options']>): Artifact[];
  /** What can be done to volumes apart from a deploy; present with the capability `volumes`. `plan` gets the intents it names. */
  readonly volumes?: IntentCapability<'volume.extend' | 'volume.delete'>;
  /** Copies of volumes at one moment; present with the capability `snapshots`. */
  readonly snapshots?: Snapshots<S['options']>;
  /** Which SSH keys may log in, and who may be let in or out; present with the capability `keys`. */
  readonly keys?: Keys<S['options']>;
  /** Which secrets are set, and setting some apart from a deploy; present with the capability `secrets`. */
  readonly secrets?: Secrets<S['options']>;
  /**
   * Every environment with our mark that these credentials can see, also those whose config is not at hand; present with the
   * capability `environments`. Read-only. What cannot be read is named in the answer, never left out in silence. Rejects with
   * `details.notSetUp: true` when nobody has said how to get to the platform: no credentials at all, no engine anywhere.
   */
  environments?(context: OperationContext): Promise<EnvironmentListing>;
  /** What happened to the environment, oldest first; present with the capability `events`. Does not wake it. */
  events?(spec: EnvironmentSpec<S['options']>, request: EventsRequest, context: OperationContext): Promise<PastEvent[]>;
  /** Keeps the environment awake, see {@link Hold}; present with the capability `hold`. Rejects with kind `refused` where nothing can be held. */
  hold?(spec: EnvironmentSpec<S['options']>, request: HoldRequest, context: OperationContext): Promise<Hold>;
  /** Looks for what is wrong, see {@link Diagnosis}; present with the capability `diagnose`. Read-only; does not wake it. */
  diagnose?(spec: EnvironmentSpec<S['options']>, context: OperationContext): Promise<Diagnosis>;
  /**
   * The bill of the environment, line by line; present with the capability `cost`. While nothing is there, that of what a deploy would
   * make. Its sums are those of the summary (of the plan of a first deploy), so that nobody is told two. Read-only, wakes nothing.
   */
  cost?(spec: EnvironmentSpec<S['options']>, context: OperationContext): Promise<CostReport>;
  /**
   * Where the platform can run environments, the nearest to who asks first; present with the capability `regions`. Knows no config. Changes
   * nothing. Works without credentials as far as the platform allows.
   */
  regions?(context: OperationContext): Promise<PlatformRegion[]>;
  /** Signing in to the platform from here, without another tool; present with the capability `signIn`. */
  readonly signIn?: SignIn;
  /** A config of what was made without Sindri, or whose config is lost; present with the capability `import`. */
  readonly import?: Import;
  /** Images are built from source for a spec that wants it, see {@link Builds}; present with the capability `builds`. */
  readonly builds?: Builds<S['options'], S['data'], S['facts']>;
}

/** A provider of the current contract version, whatever its own shapes are. */
export type Provider = ProviderV1;

/** What a provider has seen in the value of a secret. */
export interface SecretFinding {
  /** Why the value cannot work, in one sentence without the value, and what to do. The deploy is then refused. */
  problem?: { message: string; hint?: string };
  /** What may be shown of the value, such as the fingerprints of the public keys in it: {@link SecretInfo.facts}. */
  facts?: JsonObject;
}

/** What `check` is to judge. */
export interface CheckRequest<Options extends object = JsonObject> {
  /** When given, also judge what this environment in particular needs. */
  spec?: EnvironmentSpec<Options>;
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

/** What is wanted, of which environment. */
export type PlanRequest<Options extends object = JsonObject> = Intent & {
  spec: EnvironmentSpec<Options>;
  /** Secrets that are going to be set, without their values. Sorted by name. Empty for every intent but `deploy` and `secrets.set`. */
  secrets: readonly SecretInfo[];
};

/** What `apply` is given beside the change: the only place where secret values can be had. */
export interface ApplyContext<S extends ProviderShapes = JsonShapes> extends OperationContext {
  readonly spec: EnvironmentSpec<S['options']>;
  /** The observation that the plan was made from. */
  readonly observation: Observation<S['data'], S['facts']>;
  readonly secrets: SecretBundle;
  /** Results of the changes applied so far, by change id. */
  readonly results: Readonly<Record<string, S['result']>>;
  /** New for every apply: the mark by which this run finds again what it created when an answer was lost. */
  readonly launchId: string;
  /** How long to wait for somebody else's lock before giving up, in ms. A platform without locks ignores it. */
  readonly lockTimeoutMs: number;
  /**
   * Return as soon as the platform has accepted the change, instead of waiting until the environment can be used. What fails
   * after that is seen by the next look.
   */
  readonly detach: boolean;
}

/** How one change ended. */
export interface ApplyResult<Result extends object = JsonObject, Data extends object = JsonObject> {
  /** `skipped` when there was nothing left to do, with the reason in `reason`. */
  status: 'applied' | 'skipped';
  reason?: string;
  /** What is now there; later changes read it from {@link ApplyContext.results}. No secrets. */
  result: Result;
  /**
   * What the change has seen last of every resource that it, or one before it, has made another: as `observe` would show it. When all
   * changes of a plan have told, the status right after it needs no request. Absent = somebody has to look. Part of no report.
   */
  seen?: readonly ObservedResource<Data>[];
}

/**
 * The SSH keys that an environment admits. Who runs a deploy is no part of what is wanted: somebody with another key is admitted
 * by an act of its own, or when he connects for the first time with credentials that may do so.
 */
export interface Keys<Options extends object = JsonObject> extends IntentCapability<'key.admit' | 'key.remove'> {
  /** Every key that is admitted now, or will be at the next start. Does not wake a sleeping environment. */
  list(spec: EnvironmentSpec<Options>, context: OperationContext): Promise<AdmittedKey[]>;
}

/**
 * The peers that `dial` and `session` make where they reach the environment through a private network. They belong to who connects and not to
 * the environment, so no plan has them: like a sign-in they are listed and removed directly.
 */
export interface TunnelPeers<Options extends object = JsonObject> {
  /** Every peer of whoever owns the environment's network, also those of others. Read-only; works while nothing is deployed. */
  list(spec: EnvironmentSpec<Options>, context: OperationContext): Promise<TunnelPeer[]>;
  /**
   * Removes one at the platform, and its key from this computer. One that is gone already is a success. Rejects with kind `refused` for one that a
   * command on this computer uses. Whose it is, the caller has looked at.
   */
  remove(spec: EnvironmentSpec<Options>, name: string, context: OperationContext): Promise<void>;
}

/** The copies of an environment's volumes. */
export interface Snapshots<Options extends object = JsonObject> extends IntentCapability<
  'snapshot.create' | 'snapshot.restore' | 'snapshot.delete'
> {
  /** Every snapshot of a volume that this environment has or had, newest first. Does not wake a sleeping environment. */
  list(spec: EnvironmentSpec<Options>, context: OperationContext): Promise<VolumeSnapshot[]>;
}

/**
 * At least one of `stop` and `suspend` is present. Each acts on every instance, or on the one that is named: `before` and `after` are then
 * its states, else those of the environment, or of an instance for which there was something to do.
 */
export interface Power<Options extends object = JsonObject> {
  /** Starts what is stopped or suspended and returns when it is usable. Nothing to do is a success. */
  start(spec: EnvironmentSpec<Options>, context: OperationContext, request?: InstanceRequest): Promise<PowerResult>;
  /** Ends the processes; absent where the platform can only pause. Nothing to do is a success. */
  stop?(spec: EnvironmentSpec<Options>, context: OperationContext, request?: InstanceRequest): Promise<PowerResult>;
  /**
   * Keeps memory; absent where the platform cannot. Rejects when it cannot now, rather than stopping instead. Nothing to do is
   * a success.
   */
  suspend?(spec: EnvironmentSpec<Options>, context: OperationContext, request?: InstanceRequest): Promise<PowerResult>;
  /**
   * Ends the processes and starts them again; what sleeps is started. Absent = core stops, if it can, and starts. Rejects with kind
   * `refused` when there is nothing to restart.
   */
  restart?(spec: EnvironmentSpec<Options>, context: OperationContext, request?: InstanceRequest): Promise<PowerResult>;
}

/** The states around a start, stop or suspend; equal when there was nothing to do. */
export interface PowerResult {
  before: EnvironmentState;
  after: EnvironmentState;
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
   * A command (of any installed plugin) that starts a local emulator of the platform and returns `{ env }`, the variables
   * with which this provider uses it. It serves `--local`.
   */
  local?: { command: string };
  /**
   * Module file relative to the package that exports `createSubject`, with which the conformance kit can judge the provider
   * as installed (`sindri provider verify`). Without it the cases that need a platform run on the local emulator only
   * (`sindri provider verify --local`).
   */
  conformance?: string;
}

/** Makes a provider. Called once per process; must not do I/O. */
export type ProviderFactory = () => Provider;
