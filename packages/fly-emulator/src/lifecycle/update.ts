import { conflict, notFound } from '../api-error.js';
import { numberParam, stringParam } from '../faults/fault.js';
import type { MachineConfig, MachineRecord, MachineState } from '../records.js';
import { stopRules } from './stop-rules.js';
import type { MachinePower, PowerDeps } from './machine-power.js';

interface Change {
  config: MachineConfig;
  version: string;
  launch: boolean;
  /** Whether the host was told which secrets it must have seen. */
  namesSecrets: boolean;
}

/** How long the preparation of a cold image was seen to take at least. */
export const LONG_PREPARATION_MS = 70_000;

/** What an update interrupts and therefore starts again; everything else it leaves stopped. */
const RUNNING: readonly MachineState[] = ['started', 'starting', 'restarting'];

/**
 * Replaces a machine's config. The new version shows at once, before the image is there; the old main process ends behind it.
 * A machine that ran is started with the new config unless the change says otherwise. One that did not run is left stopped,
 * whatever the change says.
 */
export function createUpdater(deps: PowerDeps, power: MachinePower): (machine: MachineRecord, change: Change) => void {
  const { clock, faults, settings } = deps;

  return (machine, change) => {
    if (machine.state === 'destroyed' || machine.state === 'destroying') throw notFound('not_found: machine not found');
    if (machine.state === 'replacing') throw conflict('aborted: machine update failed due to concurrent update');
    const target = { app: machine.app, id: machine.id, name: machine.name };
    if (machine.state === 'started' && faults.strike('asleep-before-update', target)) fallAsleep(power, machine);
    const before = { config: machine.config, version: machine.version, state: machine.state, wantsUp: machine.wantsUp };
    const secretsBefore = machine.secrets;
    // A host that was not told what to wait for may still have the old ones.
    if (change.namesSecrets || !faults.strike('secrets-lag', target)) delete machine.secrets;
    const revertSecrets = (): void => {
      if (secretsBefore !== undefined) machine.secrets = secretsBefore;
    };
    const run = power.run(machine);
    const ran = RUNNING.includes(before.state);
    const launch = change.launch && ran;

    run.begin();
    run.restarts = 0;
    machine.config = change.config;
    machine.version = change.version;
    machine.versions.push({ version: change.version, config: change.config, createdAt: clock.now() });
    machine.memoryLimitMb = null;
    machine.wantsUp = launch;
    power.setState(machine, 'replacing', { type: 'update', status: 'replacing', source: 'user' });

    const revert = faults.strike('update-reverted', target);
    if (revert) {
      run.later(numberParam(revert, 'afterMs', 130), async () => {
        await power.takeDown(machine, { signal: 'SIGKILL', timeoutMs: 0 });
        machine.config = before.config;
        machine.version = before.version;
        machine.versions = machine.versions.filter((version) => version.version !== change.version);
        machine.wantsUp = false;
        revertSecrets();
        power.setState(machine, 'stopped', { type: 'revert', status: 'stopped', source: 'flyd' });
      });
      return;
    }
    const unpullable = faults.strike('image-pull-fails', target);
    if (unpullable) {
      run.later(numberParam(unpullable, 'afterMs', 130), () => {
        power.runnerLog(
          machine,
          `failed to pull image ${change.config.image}: ${stringParam(unpullable, 'message', 'manifest unknown')}`,
          'error',
        );
        machine.config = before.config;
        machine.version = before.version;
        machine.versions = machine.versions.filter((version) => version.version !== change.version);
        machine.wantsUp = before.wantsUp;
        revertSecrets();
        // What ran goes on running. Which event tells of it is not known (unsure).
        power.setState(machine, before.state, { type: 'revert', status: before.state, source: 'flyd' });
      });
      return;
    }
    if (faults.strike('stuck-replacing', target)) return;

    const preparing = faults.strike('image-preparing', target);
    const updateMs = settings.latency.updateMs + (preparing ? numberParam(preparing, 'ms', LONG_PREPARATION_MS) : 0);
    run.later(updateMs, async () => {
      const epoch = run.epoch();
      // The snapshot of a suspended machine is lost with the update: its frozen processes end without a signal.
      const frozen = before.state === 'suspended' || before.state === 'suspending';
      await power.takeDown(machine, frozen ? { signal: 'SIGKILL', timeoutMs: 0 } : stopRules(before.config));
      if (epoch !== run.epoch()) return;
      if (!ran) power.runnerLog(machine, LEFT_STOPPED);
      if (!launch) return power.setState(machine, 'stopped', { type: 'update', status: 'stopped', source: 'flyd' });
      power.setState(machine, 'created', { type: 'launch', status: 'created', source: 'user' });
      power.bringUp(machine, { delayMs: settings.latency.startMs, keepRoot: false });
    });
  };
}

const LEFT_STOPPED = 'machine was in a non-started state prior to the update so leaving the new version stopped';

/** As if Fly's proxy had found the machine idle and suspended it a moment ago. */
function fallAsleep(power: MachinePower, machine: MachineRecord): void {
  machine.wantsUp = false;
  power.setState(machine, 'suspending', { type: 'suspend', status: 'suspending', source: 'proxy' });
  power.setState(machine, 'suspended', { type: 'suspend', status: 'suspended', source: 'flyd' });
}
