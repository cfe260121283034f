import type { JsonObject } from '../json.js';

/** What a fault disturbs. */
export type FaultFamily = 'answer' | 'capacity' | 'machine' | 'consistency' | 'lease';

/** What a fault at the HTTP door does to one request. */
export type RequestEffect =
  /** The connection breaks: `before` = the request was never seen, `after` = it was carried out, its answer is lost. */
  | { kind: 'drop'; when: 'before' | 'after' }
  /** Another answer is given: `before` = instead of carrying the request out, `after` = although it was carried out. */
  | { kind: 'answer'; when: 'before' | 'after'; status: number; body: JsonObject; headers?: Record<string, string> }
  | { kind: 'delay'; ms: number };

/** An entry of the catalogue. */
export interface FaultDefinition {
  name: string;
  family: FaultFamily;
  /** One sentence for people. */
  summary: string;
  /** Parameters and what they mean. */
  params: Record<string, string>;
  /** Times it fires when the caller does not say; 0 = until cleared. */
  times: number;
  /** Requests it strikes when the caller does not say. Only for faults with `effect`. */
  match?: { method?: string; path?: string };
  /** For faults at the HTTP door. The others are asked for by the part of the platform they disturb. */
  effect?(params: JsonObject): RequestEffect;
}

/** Which requests, or which machines, an injected fault strikes. */
export interface FaultMatch {
  method?: string;
  /** A regular expression, or a path in which `*` stands for one segment and `**` for any number. */
  path?: RegExp | string;
  /** Only the nth matching request (1 = the next one); those before pass. */
  nth?: number;
  /** Machine faults: only this app. */
  app?: string;
  /** Machine faults: only the machine with this id or name. */
  machine?: string;
  /** Strikes with this likelihood (0…1), drawn from the emulator's seed. */
  probability?: number;
}

/** A fault to switch on: which, for which requests, how often. */
export interface FaultRequest {
  /** A name from the catalogue. */
  name: string;
  match?: FaultMatch;
  /** Times it fires; 0 = until cleared. */
  times?: number;
  params?: JsonObject;
}

/** An injected fault, as `list` shows it. */
export interface ActiveFault {
  id: string;
  name: string;
  family: FaultFamily;
  match: JsonObject;
  /** Strikes left; `null` = until cleared. */
  left: number | null;
  /** How often it has struck. */
  struck: number;
  params: JsonObject;
}

export const numberParam = (params: JsonObject, name: string, fallback: number): number =>
  typeof params[name] === 'number' ? params[name] : fallback;

export const stringParam = (params: JsonObject, name: string, fallback: string): string =>
  typeof params[name] === 'string' ? params[name] : fallback;
