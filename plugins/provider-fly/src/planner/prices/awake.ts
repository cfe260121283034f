import type { AwakeHours } from '@sindri/core';
import type { MachineData, MachineEventData } from '../../model.js';
import { asList, asMap, type JsonMap } from '../observed/json-maps.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** What lies further back is no measure of how somebody works now. */
const LONGEST_DAYS = 30;
/** Less than that is chance. */
const SHORTEST_DAYS = 3;
/** As bills count it. */
const MONTH_HOURS = 720;

/** Nothing puts it to sleep. */
export const neverAsleep: AwakeHours = { hours: MONTH_HOURS, basis: 'always' };

/**
 * How many hours of a month a machine is awake: measured between its first and its newest event, where they cover three days or more; all
 * of them where nothing puts it to sleep; else `undefined`. `untilMs` is the end of the measurement instead of the newest event: a plan
 * knows no clock, and the same world gives the same plan tomorrow.
 */
export function awakeHours(machine: MachineData, untilMs?: number): AwakeHours | undefined {
  return measured(machine, untilMs) ?? (sleepsByItself(machine.config) ? undefined : neverAsleep);
}

/** The same of an environment: the mean of its two machines where both are known, else that of the first. */
export function awakeOfBoth(
  machine: MachineData | null,
  second: MachineData | null,
  untilMs?: number,
): AwakeHours | undefined {
  const first = machine === null ? undefined : awakeHours(machine, untilMs);
  const other = second === null ? undefined : awakeHours(second, untilMs);
  if (first === undefined || other === undefined || first.basis !== other.basis) return first;
  return { ...first, hours: Math.round((first.hours + other.hours) / 2) };
}

/** Whether the proxy stops or suspends a machine with this config. */
export function sleepsByItself(config: JsonMap | null): boolean {
  const autostops = asList(config?.['services']).map((service) => asMap(service)['autostop']);
  return autostops.some((value) => value === true || value === 'stop' || value === 'suspend');
}

function measured(machine: MachineData, untilMs?: number): AwakeHours | undefined {
  const told = [...machine.events].sort((a, b) => a.timestamp - b.timestamp);
  const first = told.find((event) => event.type === 'launch' || runsAfter(event) !== null);
  const until = untilMs ?? told.at(-1)?.timestamp;
  if (first === undefined || until === undefined) return undefined;
  const from = Math.max(first.timestamp, until - LONGEST_DAYS * DAY_MS);
  const days = (until - from) / DAY_MS;
  if (days < SHORTEST_DAYS) return undefined;
  const awake = awakeSince(machine, from, until);
  if (awake === null || awake.untoldMs > 0) return undefined;
  return {
    hours: Math.round((awake.awakeMs / (until - from)) * MONTH_HOURS),
    basis: 'measured',
    days: Math.round(days),
  };
}

/** How long a machine ran, in ms. */
export interface AwakeTime {
  awakeMs: number;
  /** The time at the beginning of which no event tells whether it ran, in no other sum. */
  untoldMs: number;
}

/** For how much of the time since `fromMs` the machine ran. `null` when its events do not fit what it does now. */
export function awakeSince({ events, state }: MachineData, fromMs: number, nowMs: number): AwakeTime | null {
  const told = [...events].sort((a, b) => a.timestamp - b.timestamp);
  // The list is cut at its old end. A launch, which every update is too, finds a machine that does not run.
  const known = told.findIndex((event) => event.type === 'launch' || runsAfter(event) !== null);
  const first = told[known];
  if (first === undefined) return null;
  let isUp = runsAfter(first) ?? false;
  let sinceMs = first.timestamp;
  let awakeMs = 0;
  for (const event of told.slice(known + 1)) {
    const next = runsAfter(event);
    if (next === null) continue;
    if (isUp) awakeMs += Math.max(0, event.timestamp - Math.max(sinceMs, fromMs));
    isUp = next;
    sinceMs = event.timestamp;
  }
  if (isUp !== (state === 'started')) return null;
  if (isUp) awakeMs += Math.max(0, nowMs - Math.max(sinceMs, fromMs));
  return { awakeMs, untoldMs: Math.max(0, first.timestamp - fromMs) };
}

/** Whether a machine runs after an event; `null` when that is as before. */
function runsAfter({ type, status }: MachineEventData): boolean | null {
  if (status === 'started') return true;
  if (type === 'exit' || status === 'stopped' || status === 'suspended' || status === 'failed') return false;
  return null;
}
