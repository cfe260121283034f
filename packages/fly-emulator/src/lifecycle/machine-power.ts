import type { AppLogs } from '../app-logs.js';
import { numberParam } from '../faults/fault.js';
import type { FaultEngine } from '../faults/fault-control.js';
import type { MachineRecord, MachineState } from '../records.js';
import type { MachineExit, MachineInstance } from '../runtime/machine-runtime.js';
import type { Settings } from '../settings.js';
import { bootMachine, type BootDeps } from './machine-boot.js';
import { exitRequest, type EventSource, type MachineEvents } from './machine-events.js';
import { createMachineRun, type MachineRun } from './machine-run.js';
import { shouldRestart } from './restart-policy.js';

export interface PowerDeps extends BootDeps {
  events: MachineEvents;
  logs: AppLogs;
  faults: FaultEngine;
  settings: Settings;
}

/** A step of the state machine, as it is written down. */
export interface StateEvent {
  type: string;
  status: string;
  source: EventSource;
  request?: Parameters<MachineEvents['add']>[1]['request'];
}

/** The engine room: brings main processes up and down and keeps state, events and instances in step. */
export interface MachinePower {
  run(machine: MachineRecord): MachineRun;
  setState(machine: MachineRecord, state: MachineState, event?: StateEvent): void;
  /** Calls back after every change of a machine's state, synchronously. Returns the way to stop that. */
  onState(listener: (machine: MachineRecord) => void): () => void;
  /** Starts the main process after a delay; the machine ends up `started` or `failed`. */
  bringUp(machine: MachineRecord, how: { delayMs: number; keepRoot: boolean }): void;
  /** Ends the main process, whatever step it is in. */
  takeDown(machine: MachineRecord, how: { signal: string; timeoutMs: number }): Promise<void>;
  /** Ends a running main process as if it had ended by itself. */
  simulateExit(machine: MachineRecord, exit: MachineExit): void;
  runnerLog(machine: MachineRecord, message: string, level?: 'info' | 'warn' | 'error'): void;
  /** Called when a machine with `auto_destroy` has ended for good. */
  onEnded(listener: (machine: MachineRecord) => void): void;
}

export function createMachinePower(deps: PowerDeps): MachinePower {
  const { store, clock, events, logs, faults, settings } = deps;
  const runs = new Map<string, MachineRun>();
  const stateListeners = new Set<(machine: MachineRecord) => void>();
  const endListeners = new Set<(machine: MachineRecord) => void>();

  const runnerLog: MachinePower['runnerLog'] = (machine, message, level = 'info') =>
    logs.append({ app: machine.app, message, level, instance: machine.id, region: machine.region, provider: 'runner' });

  const run = (machine: MachineRecord): MachineRun => {
    const known = runs.get(machine.id);
    if (known) return known;
    const fresh = createMachineRun(clock, (error) => failed(machine, error));
    runs.set(machine.id, fresh);
    return fresh;
  };

  const setState: MachinePower['setState'] = (machine, state, event) => {
    machine.state = state;
    machine.updatedAt = clock.now();
    if (event) events.add(machine, event);
    if (state === 'destroyed') {
      runs.get(machine.id)?.begin();
      runs.delete(machine.id);
    }
    store.changed({ machine });
    for (const listener of [...stateListeners]) listener(machine);
  };

  const failed = (machine: MachineRecord, error: unknown): void => {
    const message = error instanceof Error ? error.message : String(error);
    runnerLog(machine, `could not start the machine: ${message}`, 'error');
    machine.wantsUp = false;
    setState(machine, 'failed', { type: 'launch', status: 'failed', source: 'flyd', request: null });
  };

  const ended = (machine: MachineRecord, exit: MachineExit): void => {
    const current = run(machine);
    const restarting = shouldRestart(machine.config.restart, exit.code, current.restarts);
    if (exit.oomKilled) runnerLog(machine, 'Out of memory: Killed process', 'error');
    runnerLog(machine, `Main child exited normally with code: ${exit.code}`);
    const request = exitRequest(exit, {
      requestedStop: false,
      restarting,
      restartCount: current.restarts,
      at: clock.now(),
    });
    const event: StateEvent = { type: 'exit', status: 'stopped', source: 'flyd', request };
    current.begin();
    if (restarting) {
      current.restarts++;
      setState(machine, 'restarting', event);
      const persist = machine.config.rootfs?.persist;
      bringUp(machine, {
        delayMs: settings.latency.restartMs + settings.latency.startMs,
        keepRoot: persist === 'always' || persist === 'restart',
      });
      return;
    }
    if (exit.code !== 0 && current.restarts > 0) {
      runnerLog(machine, `machine has reached its max restart count of ${current.restarts}`, 'warn');
    }
    machine.wantsUp = false;
    setState(machine, 'stopped', event);
    if (machine.config.auto_destroy === true) for (const listener of [...endListeners]) listener(machine);
  };

  const bringUp: MachinePower['bringUp'] = (machine, how) => {
    const current = run(machine);
    const slow = faults.strike('slow-start', { app: machine.app, id: machine.id, name: machine.name });
    const delayMs = how.delayMs + (slow ? numberParam(slow, 'ms', 30_000) : 0);
    current.later(delayMs, async () => {
      const epoch = current.epoch();
      const life = Symbol(machine.id);
      current.life = life;
      let upSince: number | null = null;
      let early: MachineExit | null = null;
      const notice = (exit: MachineExit, since: number): void => {
        const wait = since + settings.latency.shortestRunMs - clock.now();
        if (wait > 0) current.later(wait, () => ended(machine, exit));
        else ended(machine, exit);
      };
      const boot = bootMachine(deps, machine, {
        keepRoot: how.keepRoot,
        onExit(exit) {
          if (current.life !== life) return;
          current.lastExit = exit;
          current.instance = null;
          if (upSince === null) early = exit;
          else if (machine.state === 'started') notice(exit, upSince);
        },
      });
      const keep = (instance: MachineInstance): void => {
        if (!early) current.instance = instance;
      };
      current.booting = boot.then(keep, () => undefined);
      const problem = await boot.then(
        () => null,
        (error: unknown) => ({ error }),
      );
      current.booting = null;
      // Whoever opened a new epoch meanwhile waits for `booting` and takes the instance down.
      if (epoch !== current.epoch()) return;
      if (problem) return failed(machine, problem.error);
      upSince = clock.now();
      setState(machine, 'started', { type: 'start', status: 'started', source: 'flyd', request: {} });
      if (early) notice(early, upSince);
    });
  };

  return {
    run,
    setState,
    bringUp,
    runnerLog,
    onState(listener) {
      stateListeners.add(listener);
      return () => stateListeners.delete(listener);
    },
    simulateExit(machine, exit) {
      if (machine.state !== 'started') throw new Error(`machine ${machine.id} is ${machine.state}`);
      const current = run(machine);
      const instance = current.instance;
      current.life = null;
      current.instance = null;
      void instance?.stop({ signal: 'SIGKILL', timeoutMs: 0 }).catch(() => undefined);
      ended(machine, exit);
    },
    async takeDown(machine, how) {
      const current = run(machine);
      await current.booting;
      const instance = current.instance;
      if (instance) {
        await instance.stop(how).catch((error: unknown) => runnerLog(machine, `stop: ${String(error)}`, 'error'));
      }
      current.instance = null;
      current.life = null;
    },
    onEnded(listener) {
      endListeners.add(listener);
    },
  };
}
