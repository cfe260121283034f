import type { EmulatorClock } from '../clock.js';

interface Bucket {
  tokens: number;
  at: number;
}

interface Rate {
  perSecond: number;
  burst: number;
}

const RATES: Record<string, Rate> = {
  default: { perSecond: 1, burst: 3 },
  'get-machine': { perSecond: 5, burst: 10 },
  'delete-app': { perSecond: 100 / 60, burst: 100 },
};

/** Fly's limits: per action and per machine (or app, for what concerns no single machine). */
export interface RateLimiter {
  /** Takes one call; false when there were too many. */
  take(rate: string, action: string, identifier: string): boolean;
}

export function createRateLimiter(clock: EmulatorClock): RateLimiter {
  const buckets = new Map<string, Bucket>();
  return {
    take(rate, action, identifier) {
      const { perSecond, burst } = RATES[rate] ?? { perSecond: 1, burst: 3 };
      const key = `${action} ${identifier}`;
      const now = clock.now();
      const bucket = buckets.get(key) ?? { tokens: burst, at: now };
      const tokens = Math.min(burst, bucket.tokens + ((now - bucket.at) / 1000) * perSecond);
      const allowed = tokens >= 1;
      buckets.set(key, { tokens: allowed ? tokens - 1 : tokens, at: now });
      return allowed;
    },
  };
}
