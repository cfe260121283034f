import type { Duplex } from 'node:stream';
import type { Artifact } from '../model/artifact.js';
import type { CostReport } from '../model/cost.js';
import type { Diagnosis } from '../model/diagnosis.js';
import type { Hold } from '../model/hold.js';
import type { PlannedImage } from '../model/image.js';
import type { AdmittedKey } from '../model/keys.js';
import type { Observation } from '../model/observation.js';
import type { PastEvent } from '../model/past-event.js';
import type { ApplyReport, Plan } from '../model/plan.js';
import type { ConfigProblem } from '../model/problem.js';
import type { ListedSecret } from '../model/secrets.js';
import type { ExecResult, LogLine, Session, SshTarget } from '../model/session.js';
import type { VolumeSnapshot } from '../model/snapshot.js';
import type { EnvironmentSpec } from '../model/spec.js';
import type { EnvironmentSummary } from '../model/summary.js';
import type { TunnelPeer } from '../model/tunnel-peer.js';
import type { CheckReport, PowerResult, Provider } from '../provider/contract.js';
import type {
  DialOptions,
  EventsOptions,
  ExecOptions,
  HoldOptions,
  LogOptions,
  SessionOptions,
} from '../provider/requests.js';
import type { Redactor } from '../redact/redactor.js';
import type { LookOptions } from './last-look.js';
import type { CallOptions } from './operation.js';
import type { ApplyOptions, PlanOptions } from './planning.js';

/**
 * One environment and everything that can be done with it. Holds no connection and nothing to close.
 *
 * Every method takes a signal and a listener of its own. Events, errors (with all their causes), check results, apply
 * reports and log lines have passed the redactor; what `observe`, `plan` and `status` return has no secrets by contract.
 * Rejections are `SindriError`s. A signal that is already aborted rejects with `OPERATION_CANCELLED` and does nothing.
 */
export interface Environment {
  readonly spec: EnvironmentSpec;
  readonly provider: Provider;
  /** What is worth a look in the config, though nothing in it stops an operation. */
  readonly warnings: readonly ConfigProblem[];
  /** The config file, `null` when the config came as text without a name. */
  readonly file: string | null;
  /** Where this computer keeps what it remembers of its environments: see `createFileStore`. */
  readonly stateDir: string;
  /** Knows every secret value and token of this environment: print nothing without it. */
  readonly redactor: Redactor;

  /** Prerequisites, each with its fix. Changes nothing. */
  check(options?: CallOptions): Promise<CheckReport>;
  /** What exists now. */
  observe(options?: CallOptions): Promise<Observation>;
  /**
   * The image that a deploy would use, found and verified as for a plan; `null` where none is resolved. Changes nothing. Rejects with the
   * `IMAGE_…` and `REGISTRY_…` codes.
   */
  image(options?: CallOptions): Promise<PlannedImage | null>;
  /**
   * What `apply` would do. Changes nothing. Rejects before any request with `SECRET_MISSING`, with `CONFIG_INVALID` when the
   * config describes what cannot be made, and with `CAPABILITY_UNSUPPORTED` for an intent that the provider does not plan;
   * after the look with `PLAN_UNOBSERVED` when a change would rest on something that could not be read, or when there is no
   * change and something could not be read.
   */
  plan(options?: CallOptions & PlanOptions & LookOptions): Promise<Plan>;
  /**
   * Performs a plan. Refuses one of another environment or an edited one (`PLAN_INVALID`), one beyond its budget (`PLAN_OVER_BUDGET`), and one that would come out
   * differently by now (`PLAN_STALE`), and one that needs a consent which was not given (`CONSENT_REQUIRED`). Independent changes go on when one fails; those that need it are skipped. Rejects with
   * the first failure, or `OPERATION_CANCELLED`, or `OPERATION_TIMED_OUT`, each with the whole {@link ApplyReport} in
   * `details.report`. Running plan and apply again continues from whatever was reached.
   */
  apply(plan: Plan, options?: CallOptions & ApplyOptions): Promise<ApplyReport>;
  /** What people want to know about the environment. */
  status(options?: CallOptions & LookOptions): Promise<EnvironmentSummary>;

  /**
   * See `Power.start`. Rejects with `CAPABILITY_UNSUPPORTED` where the provider lacks it, or takes no `instance` for it; so do all methods
   * below.
   */
  start(options?: CallOptions & InstanceOptions): Promise<PowerResult>;
  /** See `Power.stop`; a provider may be able to suspend only, and the other way round. */
  stop(options?: CallOptions & InstanceOptions): Promise<PowerResult>;
  /** See `Power.suspend`. */
  suspend(options?: CallOptions & InstanceOptions): Promise<PowerResult>;
  /** See `Power.restart`; where a provider lacks it, a stop and a start. `CAPABILITY_UNSUPPORTED` where it can only suspend. */
  restart(options?: CallOptions & InstanceOptions): Promise<PowerResult>;
  /** See `Provider.session` and `Provider.sessionModes`. The signal ends the opening; end an open session with its `close`. */
  session(request: SessionOptions, options?: CallOptions): Promise<Session>;
  /** See `Provider.exec`. */
  exec(request: ExecOptions, options?: CallOptions): Promise<ExecResult>;
  /** See `Provider.dial`. */
  dial(request: DialOptions, options?: CallOptions): Promise<Duplex>;
  /** See `Provider.sshTarget`. */
  sshTarget(options?: CallOptions & InstanceOptions): Promise<SshTarget>;
  /** See `Provider.sshStream`; rejects with `CAPABILITY_UNSUPPORTED` where the provider has none. */
  sshStream(options?: CallOptions): Promise<Duplex>;
  /** See `Provider.logs`. An abort ends the iteration without an error. */
  logs(request: LogOptions, options?: CallOptions): AsyncIterable<LogLine>;
  /** See `Keys.list`; admitting and removing a key are intents of {@link Environment.plan}. */
  keys(options?: CallOptions): Promise<AdmittedKey[]>;
  /**
   * Every secret that is set at the provider or named in the config, sorted by name, with how it compares with the value on this computer.
   * What cannot be read here is told as a notice. Setting and removing some are intents of {@link Environment.plan}.
   */
  secrets(options?: CallOptions): Promise<ListedSecret[]>;
  /** See `Snapshots.list`; taking, restoring and deleting one are intents of {@link Environment.plan}. */
  snapshots(options?: CallOptions): Promise<VolumeSnapshot[]>;
  /** See `TunnelPeers.list`. */
  tunnelPeers(options?: CallOptions): Promise<TunnelPeer[]>;
  /** See `TunnelPeers.remove`. */
  removeTunnelPeer(name: string, options?: CallOptions): Promise<void>;
  /** See `Provider.cost`; what is expected between asleep and always on is filled in, for `hours` awake in a month where they are given. */
  cost(options?: CallOptions & { hours?: number }): Promise<CostReport>;
  /** See `Provider.events`. */
  events(request?: EventsOptions, options?: CallOptions): Promise<PastEvent[]>;
  /** See `Provider.hold`. The signal ends the hold, too, and its `release`. */
  hold(request: HoldOptions, options?: CallOptions): Promise<Hold>;
  /** See `Provider.diagnose`. */
  diagnose(options?: CallOptions): Promise<Diagnosis>;
  /** See `Provider.artifacts`. */
  artifacts(): Artifact[];
}

/** Which of several instances; absent = what the operation says. */
export interface InstanceOptions {
  instance?: string | undefined;
}
