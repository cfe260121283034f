export type { JsonObject, JsonSchema, JsonValue } from './model/json.js';
export {
  SindriError,
  isSindriError,
  type CoreErrorCode,
  type ErrorCode,
  type ErrorDocument,
  type ErrorKind,
  type RegisteredError,
  type SindriErrorOptions,
} from './model/errors.js';
export { toSindriError } from './model/to-sindri-error.js';
export type { CoreErrors } from './model/__generated__/core-errors.js';
export { errorMaker, type ErrorMaker } from './model/error-maker.js';
export type { Clock, OperationContext } from './model/context.js';
export { abortable } from './abortable.js';
export { systemClock, timeLimit } from './clock.js';
export type { Emit, SindriEvent, SindriEventType } from './model/events.js';
export { createRedactor, type Redactor } from './redact/redactor.js';
export { holdsPrivateKey } from './config/secrets/key-material.js';
export { isSecretName, secretValues } from './redact/secret-names.js';
export type { ConfigProblem } from './model/problem.js';
export type { ConfigProblemCode } from './model/problem-codes.js';
export { loadConfig, readConfigText, validateConfig, type ConfigSource, type LoadedConfig } from './config/load.js';
export type { LoadOptions } from './config/examine.js';
export { parseImageReference, type ImageReference } from './image/reference.js';
export { composeConfigSchema } from './config/schema/compose.js';
export { parseSize, SizeError, type SizeKind } from './config/sizes.js';
export { editConfig, type ConfigEdit, type EditedConfig } from './config/edit-config.js';
export { DEFAULT_SCHEMA_PATH, schemaReference, withSchemaLine } from './config/schema-line.js';
export { initialConfig, type InitialConfigOptions } from './config/initial-config.js';
export type {
  EnvironmentSpec,
  ExtensionsSpec,
  GpuSpec,
  ImageRequest,
  ImageSpec,
  ResourceSpec,
  SecretBundle,
  SecretInfo,
  SecretSpec,
  SourcePosition,
  WorkspaceSpec,
} from './model/spec.js';
export type {
  ApplyReport,
  Change,
  ChangeAction,
  ChangeImpact,
  FieldDifference,
  Outcome,
  Plan,
  PlanNote,
  ProviderPlan,
  ConsentReason,
  PlannedSecret,
  UnobservedResource,
} from './model/plan.js';
export type { AwakeHours, Budget, CostItem, CostLine, CostRate, CostReport, CostSummary } from './model/cost.js';
export type { PlatformRegion } from './model/region.js';
export { listRegions, type ListRegionsOptions } from './environment/list-regions.js';
export { withExpected } from './plan/expected-cost.js';
export { requireWithinBudget } from './plan/budget.js';
export { oldPricesText } from './plan/price-age.js';
export type {
  FoundImage,
  ImageContext,
  ImageSigner,
  ImageSource,
  ImageVerification,
  PlannedImage,
  VerifiedImage,
} from './model/image.js';
export {
  LOCK_FILE,
  readImageLock,
  withLocked,
  writeImageLock,
  type ImageLock,
  type LockedImage,
} from './image/lock.js';
export type { ImagePolicy } from './image/policy.js';
export type { Artifact } from './model/artifact.js';
export type { Diagnosis, Finding, FixStep } from './model/diagnosis.js';
export type { HeldAwake, Hold, HoldEnd, HoldRequest } from './model/hold.js';
export type { AdmittedKey } from './model/keys.js';
export type { Import, ImportedConfig, ImportFile, ImportRemark } from './model/imported.js';
export type { AskVault, ListedSecret, PresentSecret, VaultAnswer, VaultQuestion } from './model/secrets.js';
export { parseDotenv, type DotenvFault, type DotenvFile } from './config/secrets/dotenv.js';
export type { EnvironmentListing, ListedEnvironment } from './model/listing.js';
export type { EventsRequest, PastEvent, PastEventKind } from './model/past-event.js';
export type {
  AcceptedCredential,
  CredentialFacts,
  CredentialLock,
  CredentialReach,
  CredentialSource,
  SignInAttempt,
  SignInProblem,
  SignInRequest,
  SignInStatus,
  SignOutResult,
} from './model/sign-in.js';
export type { VolumeSnapshot } from './model/snapshot.js';
export type { TunnelPeer } from './model/tunnel-peer.js';
export type {
  AdmitKeyIntent,
  CreateSnapshotIntent,
  DeleteSnapshotIntent,
  DeleteVolumeIntent,
  DeployIntent,
  DeploySecretsIntent,
  DestroyIntent,
  ExtendVolumeIntent,
  Intent,
  IntentCapability,
  IntentName,
  ProtectIntent,
  RemoveKeyIntent,
  RestoreSnapshotIntent,
  SetSecretsIntent,
} from './model/intent.js';
export type { ConnectionMethod, ConnectionState } from './model/connection.js';
export type { Observation, ObservedResource, ObserveRequest } from './model/observation.js';
export type {
  EnvironmentAddress,
  EnvironmentState,
  EnvironmentSummary,
  EnvironmentUsage,
  InstanceSummary,
  OwnToken,
  VolumeSummary,
} from './model/summary.js';
export type {
  DialRequest,
  ExecRequest,
  ExecResult,
  LogLine,
  LogRequest,
  Session,
  SessionExit,
  SessionMode,
  SessionRequest,
  SshTarget,
  TerminalSize,
} from './model/session.js';
export { PROVIDER_API_VERSION } from './provider/contract.js';
export type {
  ApplyContext,
  ApplyResult,
  Capability,
  CheckItem,
  CheckReport,
  CheckRequest,
  JsonShapes,
  Keys,
  PlanRequest,
  Power,
  PowerResult,
  InstanceCapability,
  InstanceRequest,
  Provider,
  ProviderDeclaration,
  ProviderFactory,
  ProviderShapes,
  ProviderV1,
  SecretFinding,
  Snapshots,
  TunnelPeers,
} from './provider/contract.js';
export type { Images } from './provider/images.js';
export type { Builds } from './provider/builds.js';
export type { SignIn } from './provider/sign-in.js';
export type { GitRefs, ResolvedSource, SourceReader, SourceSpec } from './model/source.js';
export { gitToken, gitTokenFor } from './source/git-token.js';
export { proxySettings, type ProxySettings } from './provider/proxy-settings.js';
export { sindriSource } from './source/sindri-source.js';
export type { SampleConfig } from './provider/sample-config.js';
export type { Secrets } from './provider/secrets.js';
export type {
  DialOptions,
  EventsOptions,
  ExecOptions,
  HoldOptions,
  LogOptions,
  SessionOptions,
} from './provider/requests.js';
export { KNOWN_PROFILES } from './config/rules/profiles.js';
export { portNotListening } from './provider/port-not-listening.js';
export { defineProvider, type ProviderParts } from './provider/define-provider.js';
export {
  applied,
  changeMaker,
  freeOfCharge,
  freeReport,
  makeChange,
  makeResource,
  makeResources,
  makeSnapshots,
  makeSummary,
  skipped,
} from './provider/parts.js';
export { makeListing } from './provider/listing.js';
export { makeObservation, settleLooks } from './provider/looks.js';
export { findingsOfState, makeDiagnosis } from './provider/standard-findings.js';
export { makePower, type PowerParts } from './provider/make-power.js';
export { createOnce, type OnlyOne } from './provider/create-once.js';
export { defineOptions, type OptionSchema, type OptionsOf, type OptionsSchema } from './provider/options-schema.js';
export {
  standardErrors,
  standardNotes,
  standardProblems,
  type StandardErrorCode,
  type StandardErrors,
  type StandardNotes,
  type StandardProblems,
} from './provider/standard-errors.js';
export { createPlanner, type PlannerParts } from './plan/create-planner.js';
export { differencesBetween } from './plan/differences.js';
export {
  describeSecrets,
  keptAfter,
  waitingSecrets,
  type KeptSecret,
  type SecretFingerprints,
  type SecretsThere,
  type SecretsUpdate,
} from './plan/kept-secrets.js';
export {
  planHolder,
  type BringingChange,
  type HolderPlan,
  type SecretHolder,
  type SecretsParts,
} from './plan/plan-secrets.js';
export { createApply, type Act } from './provider/create-apply.js';
export { gatherValues, keptValues, type SecretValues, type ValueSources } from './provider/kept-values.js';
export { isOwn, planDestroy, refuseStrangers, requireNamed } from './plan/owned.js';
export { inOrder, needsPull, planRunning, type RunningThing } from './plan/plan-running.js';
export { createProviderRegistry, type ProviderRegistry, type ProviderSource } from './provider/registry.js';
export { sourceFromDeclaration, type ProviderPackage } from './provider/declaration.js';
export { CAPABILITIES, checkProviderShape } from './provider/shape.js';
export { orderChanges } from './plan/order.js';
export { canonicalJson, fingerprint } from './plan/fingerprint.js';
export { nearest } from './nearest.js';
export { createFileStore, type FileStore } from './state/file-store.js';
export {
  createCredentialStore,
  type CredentialStore,
  type CredentialStoreOptions,
  type KeptCredential,
} from './state/credential-store.js';
export type { Keyring, KeyringOptions } from './state/keyring.js';
export { findTool, runTool, type ToolOptions, type ToolResult } from './state/run-tool.js';
export { whyUnwritable } from './model/unwritable.js';
export { readLimitedText, type UnreadableText } from './config/text/read-limited.js';
export { createFile } from './state/create-file.js';
export { fileUnwritable, replaceFile } from './state/replace-file.js';
export { makeDirectory } from './state/make-directory.js';
export { makePrivateDirectory } from './state/private-directory.js';
export { homeDirectory } from './home-directory.js';
export { defaultStateDir } from './state/directory.js';
export { openEnvironment, type OpenEnvironmentOptions, type Place } from './environment/open-environment.js';
export {
  listEnvironments,
  type EnvironmentOverview,
  type FoundEnvironment,
  type ListEnvironmentsOptions,
  type ListingFailure,
  type UnobservedListing,
} from './environment/list-environments.js';
export { importConfig, type ImportConfigOptions, type ImportResult } from './environment/import-config.js';
export { openSignIn, type OpenSignInOptions, type SignInDoor } from './environment/open-sign-in.js';
export type { Environment, InstanceOptions } from './environment/environment.js';
export type { LookOptions } from './environment/last-look.js';
export type { CallOptions } from './environment/operation.js';
export type { ApplyOptions, GivenSecrets, PlanOptions } from './environment/planning.js';
