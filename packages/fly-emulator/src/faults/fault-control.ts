import type { Ids } from '../ids.js';
import type { JsonObject } from '../json.js';
import type { Random } from '../random.js';
import { FAULT_CATALOGUE } from './catalogue.js';
import { checkFault } from './check-fault.js';
import type { ActiveFault, FaultDefinition, FaultMatch, FaultRequest, RequestEffect } from './fault.js';

/** Switches faults on and off. */
export interface FaultControl {
  /** Returns an id for `clear`. Throws for a name that is not in the catalogue, and for parameters or a match that the fault cannot have. */
  inject(fault: FaultRequest): string;
  /** Ends one fault, or all. */
  clear(id?: string): void;
  /** Faults that can still strike. */
  list(): ActiveFault[];
  /** What there is: names, families, parameters. */
  catalogue(): Omit<FaultDefinition, 'effect'>[];
}

/** The machine a platform fault may strike. */
export interface FaultTarget {
  app: string;
  id?: string;
  name?: string;
}

/** How the emulator itself asks. */
export interface FaultEngine extends FaultControl {
  /** Called once for each request, before it is carried out. Counts as a strike. */
  strikeRequest(request: { method: string; path: string }): RequestEffect | null;
  /** Whether this platform fault strikes now, and with which parameters. Counts as a strike. */
  strike(name: string, target: FaultTarget): JsonObject | null;
  /** The same without counting: for conditions that last, such as an unreachable host. */
  active(name: string, target: FaultTarget): JsonObject | null;
}

interface Injected {
  id: string;
  definition: FaultDefinition;
  match: FaultMatch;
  params: JsonObject;
  left: number;
  seen: number;
  struck: number;
}

/** Every request looks through all of them. */
const MOST_AT_ONCE = 1000;

export function createFaultEngine(ids: Ids, random: Random): FaultEngine {
  let injected: Injected[] = [];

  const hit = (fault: Injected): void => {
    fault.struck++;
    if (fault.left !== Infinity && --fault.left === 0) injected = injected.filter((other) => other !== fault);
  };
  const find = (name: string, target: FaultTarget): Injected | undefined =>
    injected.find((fault) => fault.definition.name === name && matchesTarget(fault.match, target));
  const lucky = (fault: Injected): boolean =>
    fault.match.probability !== undefined && random() >= fault.match.probability;

  return {
    inject(request) {
      const definition = FAULT_CATALOGUE.find((candidate) => candidate.name === request.name);
      if (!definition) {
        const names = FAULT_CATALOGUE.map((candidate) => candidate.name).join(', ');
        throw new Error(`There is no fault "${request.name}". There are: ${names}`);
      }
      const params = checkFault(definition, request);
      if (injected.length >= MOST_AT_ONCE) throw new Error(`${MOST_AT_ONCE} faults are switched on: clear some first`);
      const times = request.times ?? definition.times;
      const id = `fault_${ids.hex(8)}`;
      injected.push({
        id,
        definition,
        match: { ...definition.match, ...request.match },
        params,
        left: times === 0 ? Infinity : times,
        seen: 0,
        struck: 0,
      });
      return id;
    },
    clear(id) {
      injected = id === undefined ? [] : injected.filter((fault) => fault.id !== id);
    },
    list: () => injected.map(show),
    catalogue: () => FAULT_CATALOGUE.map(({ effect: _effect, ...rest }) => rest),
    strikeRequest(request) {
      for (const fault of [...injected]) {
        if (!fault.definition.effect || !matchesRequest(fault.match, request)) continue;
        fault.seen++;
        if (fault.match.nth !== undefined && fault.seen < fault.match.nth) continue;
        if (lucky(fault)) continue;
        hit(fault);
        return fault.definition.effect(fault.params);
      }
      return null;
    },
    strike(name, target) {
      const fault = find(name, target);
      if (!fault) return null;
      fault.seen++;
      if (fault.match.nth !== undefined && fault.seen < fault.match.nth) return null;
      if (lucky(fault)) return null;
      hit(fault);
      return fault.params;
    },
    active: (name, target) => find(name, target)?.params ?? null,
  };
}

function matchesRequest(match: FaultMatch, request: { method: string; path: string }): boolean {
  if (match.method !== undefined && match.method.toUpperCase() !== request.method) return false;
  if (match.path === undefined) return true;
  const pattern = typeof match.path === 'string' ? pathPattern(match.path) : match.path;
  // Not `test`: a pattern with the flag g would remember where it stopped.
  return request.path.search(pattern) >= 0;
}

function matchesTarget(match: FaultMatch, target: FaultTarget): boolean {
  if (match.app !== undefined && match.app !== target.app) return false;
  return match.machine === undefined || match.machine === target.id || match.machine === target.name;
}

function pathPattern(path: string): RegExp {
  const source = path
    .split(/(\*\*|\*)/)
    .map((part) => (part === '**' ? '.*' : part === '*' ? '[^/]+' : part.replace(/[.+?^${}()|[\]\\]/g, '\\$&')));
  return new RegExp(`^${source.join('')}$`);
}

function show(fault: Injected): ActiveFault {
  const { path, ...match } = fault.match;
  return {
    id: fault.id,
    name: fault.definition.name,
    family: fault.definition.family,
    match: { ...match, ...(path === undefined ? {} : { path: String(path) }) },
    left: fault.left === Infinity ? null : fault.left,
    struck: fault.struck,
    params: fault.params,
  };
}
