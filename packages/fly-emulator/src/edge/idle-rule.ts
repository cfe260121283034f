import type { EdgeRoute } from './edge-host.js';

/** A running machine as the autostop rule sees it. */
export interface RunningMachine {
  machineId: string;
  region: string;
  autostop: EdgeRoute['autostop'];
  minMachinesRunning: number;
  connections: number;
  softLimit: number;
  /** Without connections for so long. */
  idleMs: number;
}

/** One machine to bring down. */
export interface IdleChoice {
  machineId: string;
  region: string;
  mode: 'stop' | 'suspend';
  /** Machines running in the region, before. */
  running: number;
}

/**
 * Fly's autostop, one pass over an app: in each region at most one machine. With several running, those above the soft limit plus
 * one are needed and the rest is excess; a single one goes when nobody uses it. `min_machines_running` counts in the primary
 * region only. Fly's load is what it is at the moment of the pass; here a machine must have been idle for `idleTimeoutMs`, which
 * stands for the minutes between Fly's passes.
 */
export function chooseIdle(machines: RunningMachine[], primaryRegion: string, idleTimeoutMs: number): IdleChoice[] {
  const choices: IdleChoice[] = [];
  for (const region of new Set(machines.map((machine) => machine.region))) {
    const running = machines.filter((machine) => machine.region === region);
    const busy = running.filter((machine) => machine.connections > machine.softLimit).length;
    if (running.length > 1 && running.length - (busy + 1) < 1) continue;
    const minimum = region === primaryRegion ? Math.max(...running.map((machine) => machine.minMachinesRunning)) : 0;
    if (running.length - 1 < minimum) continue;
    const chosen = running
      .filter((machine) => machine.autostop !== 'off' && machine.connections === 0 && machine.idleMs >= idleTimeoutMs)
      .sort((a, b) => b.idleMs - a.idleMs)[0];
    if (!chosen || chosen.autostop === 'off') continue;
    choices.push({ machineId: chosen.machineId, region, mode: chosen.autostop, running: running.length });
  }
  return choices;
}

/** The services of one machine as one: the least aggressive autostop wins, the larger minimum counts. */
export function mergeServices(
  routes: EdgeRoute[],
): Pick<RunningMachine, 'autostop' | 'minMachinesRunning' | 'softLimit'> {
  const settings = new Set(routes.map((route) => route.autostop));
  return {
    autostop: settings.has('off') ? 'off' : settings.has('suspend') ? 'suspend' : 'stop',
    minMachinesRunning: Math.max(...routes.map((route) => route.minMachinesRunning)),
    softLimit: Math.max(...routes.map((route) => route.softLimit)),
  };
}
