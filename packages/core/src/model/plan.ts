import type { Budget, CostSummary } from './cost.js';
import type { ErrorDocument } from './errors.js';
import type { PlannedImage } from './image.js';
import type { IntentName } from './intent.js';
import type { JsonObject, JsonValue } from './json.js';

/** What a change means for what runs now. Several may hold at once. */
export type ChangeImpact =
  /** Happens while the environment keeps running. */
  | 'in-place'
  /** Processes end and start again. */
  | 'restart'
  /** The thing is destroyed and made anew. */
  | 'replace'
  /** Data that exists now is gone afterwards. */
  | 'data-loss'
  /** The platform bills for it. */
  | 'paid';

/** What a change does. */
export type ChangeAction =
  | 'create'
  /** Of the same thing: it keeps its identity. */
  | 'update'
  /** Made anew under the same name; what it keeps (a volume) is a resource of its own. */
  | 'replace'
  | 'delete'
  /** Takes over a thing that others made and does not touch what it holds. */
  | 'adopt'
  | 'start'
  | 'stop'
  /** Fetches or makes what other changes need, and what costs nothing to have twice: a pull, a build. */
  | 'prepare';

/** One difference between what is wanted and what is there. Values are printable; secrets appear by name only. */
export interface FieldDifference {
  /** In the provider's words: `guest.memory_mb`. */
  field: string;
  from: JsonValue;
  to: JsonValue;
  /** Only when the field does not explain itself. */
  why?: string;
}

/** One step of a plan. */
export interface Change<Payload extends object = JsonObject> {
  /** Unique within the plan and the same in every plan for the same step: `volume:home_data:create`. */
  id: string;
  action: ChangeAction;
  /** What it acts on: `{ type: 'volume', name: 'home_data' }`. */
  resource: { type: string; name: string };
  /** One line for people: `create volume home_data, 30 GB in sjc`. */
  title: string;
  differences: FieldDifference[];
  impact: ChangeImpact[];
  /** Change of the monthly bill in the plan's currency, `null` when it cannot be told. */
  monthlyCostDelta: number | null;
  /** Ids of the changes that must be applied before this one. */
  dependsOn: string[];
  /** The provider's own data for `apply`. No secrets. */
  payload: Payload;
}

/** A remark that people should read before they say yes. */
export interface PlanNote {
  level: 'info' | 'warning';
  /** Stable, with the provider's area in front. One that ends in `_SAVINGS` tells what a destroy saves, and hosts say no more of it. */
  code: string;
  message: string;
}

/** What a provider's `plan` returns; core adds the rest of {@link Plan}. */
export interface ProviderPlan<Payload extends object = JsonObject> {
  /** Any order; core sorts by dependency, then by id. */
  changes: Change<Payload>[];
  notes: PlanNote[];
  /** `null` when the provider knows no prices. */
  cost: CostSummary | null;
  /** The currency of {@link Change.monthlyCostDelta}, ISO 4217. Absent = that of `cost`, else `USD`. */
  currency?: string;
  /** What a month may cost. Absent = whatever it costs. */
  budget?: Budget;
}

/** A resource that could not be read when the plan was made. */
export interface UnobservedResource {
  id: string;
  type: string;
  name: string;
  /** `null` when the provider gave none. */
  reason: string | null;
}

/** A secret that a deploy sets: where its value is from, never the value. */
export interface PlannedSecret {
  name: string;
  /** `environment`, `.env.local`, `~/.ssh/id_ed25519.pub`. */
  origin: string;
}

/** Something that a config makes leave this computer, and that its user should agree to once. */
export interface ConsentReason {
  code: 'outside-project' | 'secret-variable';
  /** What it is, in one sentence. */
  message: string;
  /** Equal for equal things: a consent that was given is remembered by it. */
  key: string;
}

/** What an intent is going to do. JSON, stable order, no secrets; equal inputs give an equal plan. */
export interface Plan extends ProviderPlan {
  schema: 'sindri.plan/1';
  environment: string;
  provider: string;
  intent: IntentName;
  /** With `intent: 'destroy'`: the resource types that stay, sorted. Absent when nothing is kept. */
  keep?: string[];
  /** Everything else that the intent says, such as the `sizeGb` of `volume.extend`. Absent when it says nothing else. */
  parameters?: JsonObject;
  /** The image that a deploy uses. Absent where none was resolved: another intent, a local emulator, a host without registries. */
  image?: PlannedImage;
  /** What could not be read. A plan that is empty while this is not is no success. Absent when everything was seen. */
  unobserved?: UnobservedResource[];
  /** The secrets that are set, sorted by name. Absent when there are none. */
  secrets?: PlannedSecret[];
  /** What {@link Plan.changes} send out of this computer that needs a consent not given yet. Absent when nothing does. */
  consents?: ConsentReason[];
  /** Hash of the wanted state: two plans with the same value want the same thing. */
  specHash: string;
  /**
   * Hash of everything above and of the changes: `apply` refuses a plan whose value no longer comes out. Only where secrets are
   * from and what was consented to is left out, for that depends on who runs it.
   */
  fingerprint: string;
}

/** How a planned change ended. Every planned change ends in exactly one of these. */
export type Outcome =
  | { change: string; status: 'applied'; elapsedMs: number; result: JsonObject }
  | { change: string; status: 'skipped'; reason: string; result?: JsonObject }
  | { change: string; status: 'failed'; error: ErrorDocument };

/** How a plan ended: what `apply` returns, and `details.report` of the errors it rejects with. */
export interface ApplyReport {
  schema: 'sindri.apply/1';
  environment: string;
  provider: string;
  intent: IntentName;
  status: 'succeeded' | 'failed' | 'cancelled';
  /** In the order of the plan. */
  outcomes: Outcome[];
  elapsedMs: number;
}
