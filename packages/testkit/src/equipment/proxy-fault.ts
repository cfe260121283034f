/** What a request looks like to whoever decides about it. */
export interface ProxiedRequest {
  /** `GET`. */
  method: string;
  /** With its query: `/v1/apps?org=personal`. */
  path: string;
}

/** What goes wrong with a request. */
export type ProxyFault =
  /** The connection breaks before the platform gets to know of the request. */
  | { kind: 'cut-before' }
  /** The platform does what is asked, and the connection breaks instead of the answer. */
  | { kind: 'cut-after' }
  /** The answer is this status; the platform gets to know nothing. */
  | { kind: 'status'; status: number; body?: string; headers?: Record<string, string> };

/** When it goes wrong. */
export interface FaultPlan {
  fault: ProxyFault;
  /** Which of the requests that match, the next one being 1. Default 1. */
  nth?: number;
  /** How many in a row from there. Default 1; `Infinity` = until it is cleared. */
  times?: number;
  /** Default: every request counts. */
  match?(request: ProxiedRequest): boolean;
}

/** Decides about each request in turn. */
export interface FaultDesk {
  /** Returns what takes the plan back. */
  add(plan: FaultPlan): () => void;
  /** Counts the request, and says what goes wrong with it. */
  faultFor(request: ProxiedRequest): ProxyFault | undefined;
}

/** Plans are asked in the order in which they were added; each counts the requests that match it. */
export function createFaultDesk(): FaultDesk {
  const plans = new Set<{ plan: FaultPlan; seen: number }>();
  return {
    add(plan) {
      const entry = { plan, seen: 0 };
      plans.add(entry);
      return () => void plans.delete(entry);
    },
    faultFor(request) {
      let found: ProxyFault | undefined;
      for (const entry of plans) {
        const { fault, nth = 1, times = 1, match = () => true } = entry.plan;
        if (!match(request)) continue;
        entry.seen += 1;
        if (entry.seen >= nth && entry.seen < nth + times) found ??= fault;
        if (entry.seen >= nth + times - 1) plans.delete(entry);
      }
      return found;
    },
  };
}
