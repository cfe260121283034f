import { notFound, preconditionFailed } from '../api-error.js';
import type { MachineConfig, MachineRecord } from '../records.js';
import type { MachineExit, MachineInstance } from '../runtime/machine-runtime.js';
import { numberParam } from '../faults/fault.js';
import { exitRequest, type EventSource } from './machine-events.js';
import { createMachinePower, type PowerDeps } from './machine-power.js';
import { whyStartIsRefused } from './start-rules.js';
import { stopRules, type StopOptions } from './stop-rules.js';
import { whySuspendIsImpossible } from './suspend-rules.js';
import { createUpdater, LONG_PREPARATION_MS } from './update.js';

/** The machine state machine: what may be asked of a machine in which state, and what follows. */
export interface Lifecycle {
  /** Sets a new machine going. */
  launch(machine: MachineRecord): void;
  start(machine: MachineRecord, source: EventSource): { previousState: string };
  stop(machine: MachineRecord, options: StopOptions, source: EventSource): void;
  /** Throws 412 when the machine cannot be suspended, unless `fallback` asks for a stop instead, as the proxy does. */
  suspend(machine: MachineRecord, source: EventSource, options?: { fallback?: boolean }): void;
  restart(machine: MachineRecord, options: StopOptions, source: EventSource): void;
  signal(machine: MachineRecord, name: string): Promise<void>;
  /** Puts a new config in place of the old one; the machine comes up with it unless `launch` is false. */
  update(
    machine: MachineRecord,
    change: { config: MachineConfig; version: string; launch: boolean; namesSecrets: boolean },
  ): void;
  /** On a host that is not reachable it stays `destroying` until {@link Lifecycle.destroyOnReturnedHosts}. */
  destroy(machine: MachineRecord, options: { force: boolean }): void;
  /** Goes on with what was to be destroyed while its host was not reachable, where that is back. */
  destroyOnReturnedHosts(): void;
  /** Destroys a machine of an app that goes away: no waiting, and it is gone when the promise resolves. */
  destroyNow(machine: MachineRecord): Promise<void>;
  setCordoned(machine: MachineRecord, cordoned: boolean): void;
  /** As if the main process of a started machine had ended by itself. */
  simulateExit(machine: MachineRecord, exit: MachineExit): void;
  /** The running inside of a machine, or `null` unless its state is `started`. */
  instance(machine: MachineRecord): MachineInstance | null;
  /** The same for an API call that needs it: throws 412. */
  requireInstance(machine: MachineRecord): MachineInstance;
  onState(listener: (machine: MachineRecord) => void): () => void;
  /** After a restart of the emulator: finishes what was under way and boots what was up. */
  resume(): Promise<void>;
  /** Ends all main processes; the records stay as they are. */
  shutdown(): Promise<void>;
}

export function createLifecycle(deps: PowerDeps): Lifecycle {
  const { store, clock, faults, settings, runtime } = deps;
  const { latency } = settings;
  const power = createMachinePower(deps);
  const { setState, run } = power;
  const target = (machine: MachineRecord) => ({ app: machine.app, id: machine.id, name: machine.name });

  const slowStop = (machine: MachineRecord): number => {
    const slow = faults.strike('slow-stop', target(machine));
    return slow ? numberParam(slow, 'ms', 30_000) : 0;
  };

  const refuseUnless = (machine: MachineRecord, what: string, allowed: boolean): void => {
    requireAlive(machine);
    if (!allowed) throw preconditionFailed(`machine still active, refusing to ${what}`);
  };

  const start: Lifecycle['start'] = (machine, source) => {
    const previousState = machine.state;
    requireAlive(machine);
    if (['started', 'starting', 'restarting'].includes(machine.state)) return { previousState };
    const current = run(machine);
    const obstacle = whyStartIsRefused(machine, (name) => faults.strike(name, target(machine)) !== null);
    if (obstacle !== null) throw preconditionFailed(obstacle);
    refuseUnless(machine, 'start', current.activeUntil <= clock.now());
    if (faults.strike('start-dropped', target(machine))) return { previousState };
    const wasSuspended = machine.state === 'suspended' || machine.state === 'suspending';
    current.begin();
    current.restarts = 0;
    machine.wantsUp = true;
    setState(machine, 'starting', { type: 'start', status: 'starting', source });
    if (wasSuspended && current.instance) {
      current.later(latency.resumeMs, async () => {
        await current.freezing;
        await current.instance?.thaw();
        setState(machine, 'started', { type: 'start', status: 'started', source: 'flyd', request: {} });
      });
    } else {
      // A stopped machine boots with the secrets of now; one whose snapshot is lost, with those it had (unsure).
      if (!wasSuspended) delete machine.secrets;
      // A lost snapshot means a cold boot with the root file system as it was; a stopped machine gets a fresh one.
      const keepRoot = wasSuspended || machine.config.rootfs?.persist === 'always';
      power.bringUp(machine, { delayMs: latency.startMs, keepRoot });
    }
    return { previousState };
  };

  const stopped = (machine: MachineRecord): void => {
    const current = run(machine);
    const exit = current.lastExit ?? { code: 0, signal: -1, oomKilled: false };
    current.activeUntil = clock.now() + latency.stillActiveMs;
    const about = { requestedStop: true, restarting: false, restartCount: current.restarts, at: clock.now() };
    setState(machine, 'stopped', {
      type: 'exit',
      status: 'stopped',
      source: 'flyd',
      request: exitRequest(exit, about),
    });
    if (machine.config.auto_destroy === true) destroy(machine, { force: true });
  };

  const stop: Lifecycle['stop'] = (machine, options, source) => {
    requireAlive(machine);
    if (['stopped', 'stopping', 'created', 'failed'].includes(machine.state) && !machine.wantsUp) return;
    refuseUnless(machine, 'stop', !['replacing', 'destroying'].includes(machine.state));
    const current = run(machine);
    const wasSuspended = machine.state === 'suspended' || machine.state === 'suspending';
    current.begin();
    machine.wantsUp = false;
    current.lastExit = null;
    setState(machine, 'stopping', { type: 'stop', status: 'stopping', source, request: { reason: '' } });
    const how = wasSuspended ? { signal: 'SIGKILL', timeoutMs: 0 } : stopRules(machine.config, options);
    if (!wasSuspended) power.runnerLog(machine, `Sending signal ${how.signal} to main child process`);
    current.later(wasSuspended ? 0 : latency.stopMs + slowStop(machine), async () => {
      const epoch = current.epoch();
      await power.takeDown(machine, how);
      if (epoch === current.epoch()) stopped(machine);
    });
  };

  const suspend: Lifecycle['suspend'] = (machine, source, options = {}) => {
    requireAlive(machine);
    if (machine.state === 'suspended' || machine.state === 'suspending') return;
    const obstacle = whySuspendIsImpossible(machine.config);
    const tooBig = settings.suspendAbove2Gb === 'stop' && machine.config.guest.memory_mb > 2048;
    if (obstacle !== null && options.fallback !== true)
      throw preconditionFailed(`unable to suspend machine: ${obstacle}`);
    if (obstacle !== null || tooBig) return stop(machine, {}, source);
    if (machine.state !== 'started') throw preconditionFailed('unable to suspend machine, not currently started');
    const current = run(machine);
    current.begin();
    machine.wantsUp = false;
    setState(machine, 'suspending', { type: 'suspend', status: 'suspending', source });
    current.later(latency.suspendMs + slowStop(machine), async () => {
      const epoch = current.epoch();
      current.freezing = current.instance?.freeze() ?? null;
      await current.freezing;
      if (epoch !== current.epoch()) return;
      setState(machine, 'suspended', { type: 'suspend', status: 'suspended', source: 'flyd' });
    });
  };

  const isUnreachable = (machine: MachineRecord): boolean =>
    faults.active('host-unreachable', target(machine)) !== null;
  /** Machines that Fly destroys as soon as their host is back. */
  const doomed = new Set<MachineRecord>();

  const destroy: Lifecycle['destroy'] = (machine, { force }) => {
    requireAlive(machine);
    if (machine.state === 'destroying') return;
    if (!force && (machine.wantsUp || !['stopped', 'suspended', 'failed', 'created'].includes(machine.state))) {
      throw preconditionFailed('unable to destroy machine, not currently stopped, suspended, failed or created');
    }
    const current = run(machine);
    current.begin();
    machine.wantsUp = false;
    setState(machine, 'destroying', { type: 'destroy', status: 'destroying', source: 'user' });
    if (isUnreachable(machine)) doomed.add(machine);
    else finishDestroy(machine);
  };

  const remove = async (machine: MachineRecord): Promise<void> => {
    await power.takeDown(machine, { signal: 'SIGKILL', timeoutMs: 0 });
    await runtime.discard(machine.app, machine.id);
    for (const volume of store.volumes(machine.app)) {
      if (volume.attachedMachine !== machine.id) continue;
      volume.attachedMachine = null;
      store.changed({ volume });
    }
    machine.lease = null;
    setState(machine, 'destroyed', { type: 'destroy', status: 'destroyed', source: 'flyd' });
  };

  const finishDestroy = (machine: MachineRecord): void => run(machine).later(latency.destroyMs, () => remove(machine));
  power.onEnded((machine) => destroy(machine, { force: true }));
  power.onState((machine) => {
    if (machine.state !== 'started' || !faults.strike('sleeps-at-once', target(machine))) return;
    // A turn later: whoever made it `started` is still at work.
    run(machine).later(0, () => suspend(machine, 'proxy', { fallback: true }));
  });

  const instance = (machine: MachineRecord): MachineInstance | null =>
    machine.state === 'started' && !isUnreachable(machine) ? run(machine).instance : null;

  const requireInstance = (machine: MachineRecord): MachineInstance => {
    requireAlive(machine);
    const found = instance(machine);
    // Wording unsure.
    if (!found) throw preconditionFailed(`machine not running, its state is ${machine.state}`);
    return found;
  };

  return {
    launch(machine) {
      run(machine).begin();
      const preparing = faults.strike('image-preparing', target(machine));
      const delayMs = latency.createMs + (preparing ? numberParam(preparing, 'ms', LONG_PREPARATION_MS) : 0);
      if (machine.wantsUp) power.bringUp(machine, { delayMs, keepRoot: false });
      // Not launched, a machine is `created` until its image is there, then `stopped` (likely).
      else run(machine).later(delayMs, () => setState(machine, 'stopped'));
    },
    start,
    stop,
    suspend,
    restart(machine, options, source) {
      requireAlive(machine);
      // Restart is for what runs; the words of the refusal are not known (unsure).
      if (machine.state !== 'started') {
        throw preconditionFailed(`unable to restart machine from current state: '${machine.state}'`);
      }
      const current = run(machine);
      current.begin();
      current.restarts = 0;
      setState(machine, 'restarting', { type: 'restart', status: 'restarting', source });
      current.later(latency.stopMs, async () => {
        const epoch = current.epoch();
        await power.takeDown(machine, stopRules(machine.config, options));
        const persist = machine.config.rootfs?.persist;
        const keepRoot = persist === 'always' || persist === 'restart';
        if (epoch === current.epoch()) power.bringUp(machine, { delayMs: latency.startMs, keepRoot });
      });
    },
    async signal(machine, name) {
      await requireInstance(machine).signal(name);
    },
    update: createUpdater(deps, power),
    destroy,
    destroyOnReturnedHosts() {
      for (const machine of doomed) {
        if (isUnreachable(machine)) continue;
        doomed.delete(machine);
        if (machine.state === 'destroying') finishDestroy(machine);
      }
    },
    async destroyNow(machine) {
      run(machine).begin();
      machine.wantsUp = false;
      // Before its process ends: an end in the state "started" would be a crash, and restarted.
      setState(machine, 'destroying', { type: 'destroy', status: 'destroying', source: 'user' });
      await remove(machine);
    },
    setCordoned(machine, cordoned) {
      requireAlive(machine);
      machine.cordoned = cordoned;
      deps.events.add(machine, { type: cordoned ? 'cordon' : 'uncordon', status: machine.state, source: 'user' });
      machine.updatedAt = clock.now();
      store.changed({ machine });
    },
    simulateExit: power.simulateExit,
    instance,
    requireInstance,
    onState: power.onState,
    async resume() {
      for (const machine of Object.values(store.state.machines)) {
        if (machine.state === 'destroying') finishDestroy(machine);
        else if (machine.state === 'suspending') setState(machine, 'suspended');
        else if (machine.wantsUp) {
          setState(machine, 'starting');
          power.bringUp(machine, { delayMs: 0, keepRoot: true });
        } else if (['stopping', 'replacing', 'restarting', 'starting'].includes(machine.state)) {
          setState(machine, 'stopped');
        }
      }
      // One turn for the steps above to begin, then until each has ended.
      await new Promise<void>((resolve) => setImmediate(resolve));
      await Promise.all(Object.values(store.state.machines).map((machine) => run(machine).idle()));
    },
    async shutdown() {
      const machines = Object.values(store.state.machines).filter((machine) => machine.state !== 'destroyed');
      await Promise.all(
        machines.map(async (machine) => {
          const current = run(machine);
          current.begin();
          await current.booting;
          current.life = null;
          await power.takeDown(machine, { signal: 'SIGTERM', timeoutMs: 1000 });
          await current.idle();
        }),
      );
    },
  };
}

/** A destroyed machine can be read but not be told anything. */
function requireAlive(machine: MachineRecord): void {
  if (machine.state === 'destroyed') throw notFound('not_found: machine not found');
}
