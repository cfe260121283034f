/** One line of a bill. */
export interface CostItem {
  /** `machine shared-cpu-2x 4 GB in sjc`. */
  title: string;
  /** Its part of {@link CostSummary.monthlyRunning}, in that currency. */
  monthly: number;
  /** Its part of {@link CostSummary.monthlyIdle}. Absent = the same as `monthly`. */
  monthlyIdle?: number;
  /** Its part of {@link CostSummary.monthlyExpected}. Core computes it. */
  monthlyExpected?: number;
}

/** What the environment costs in a month, once the plan is applied. A platform that costs nothing says so with zeros. */
export interface CostSummary {
  /** ISO 4217: `USD`. */
  currency: string;
  /** Running all month. */
  monthlyRunning: number;
  /** Stopped or suspended all month. `null` when the provider cannot tell. */
  monthlyIdle: number | null;
  /** How long it is awake in a month, where the provider knows. Absent = core assumes a working month where `monthlyIdle` is told. */
  awake?: AwakeHours;
  /** With so many hours awake. Core computes it; whatever a provider says here is replaced. */
  monthlyExpected?: number;
  items: CostItem[];
  /** The day the prices were looked up, `YYYY-MM-DD`; `null` when there is no price that could change. */
  pricesAsOf: string | null;
}

/** How long an environment is awake in a month of 720 hours (30 days). */
export interface AwakeHours {
  hours: number;
  /** `assumed`: 8 hours on 22 days. `asked`: somebody wants to know. `always`: nothing puts it to sleep by itself. */
  basis: 'assumed' | 'asked' | 'measured' | 'always';
  /** With `measured`: how many days the measurement covers. */
  days?: number;
}

/** What the environment may cost in a month, by its config. A plan that costs more is refused, see `PLAN_OVER_BUDGET`. */
export interface Budget {
  /** In the currency of the cost. */
  monthly: number;
  /** The figure that is held against it: `monthlyRunning`, or `monthlyExpected`. */
  of: 'always-on' | 'expected';
}

/** A line of {@link CostReport}, with what is behind it. */
export interface CostLine extends CostItem {
  /** How it comes about, in numbers: `2 shared CPUs at $5.23, 3.5 GB of extra memory at $25.05`. */
  explanation?: string;
  /** What it has cost since the first of the month. Absent = nobody knows. */
  soFar?: number;
}

/** A price that is paid by use, so that no month can be foreseen. It is in no sum. */
export interface CostRate {
  /** `outbound data from sjc`. */
  title: string;
  price: number;
  /** `GB`, `GB and month`. */
  unit: string;
  /** Only when the price does not hold for everything: `the first 10 GB of an organization are free`. */
  note?: string;
}

/** What an environment has cost since the first of the month, at its size and prices of now, in the currency of its cost. */
export interface MonthSoFar {
  /** `2026-03` */
  month: string;
  spent: number;
  /** The platform does not tell the whole month: it is this much or more. Absent = it does. */
  isAtLeast?: boolean;
  /** The bill of a month in which it runs all along: `monthlyRunning` of the cost. */
  atMost: number;
}

/** The bill of an environment, line by line: what the capability `cost` answers. */
export interface CostReport extends CostSummary {
  /** `deployed`: of what is there. `config`: nothing is there, so of what a deploy would make. */
  of: 'deployed' | 'config';
  items: CostLine[];
  /** What has been spent since the first of the calendar month (UTC). `null` when nobody knows, or when nothing is there. */
  soFar: Pick<MonthSoFar, 'month' | 'spent' | 'isAtLeast'> | null;
  rates: CostRate[];
}
