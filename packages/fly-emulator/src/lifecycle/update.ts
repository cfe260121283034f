import { conflict, notFound } from '../api-error.js';
import { numberParam } from '../faults/fault.js';
import type { MachineConfig, MachineRecord } from '../records.js';
import { stopRules } from './stop-rules.js';
import type { MachinePower, PowerDeps } from './machine-power.js';

interface Change {
  config: MachineConfig;
  version: string;
  launch: boolean;
}

/**
 * Replaces a machine's config. The new version shows at once; the old main process ends behind it, and the new one
 * comes up unless the change says otherwise.
 */
export function createUpdater(deps: PowerDeps, power: MachinePower): (machine: MachineRecord, change: Change) => void {
  const { clock, faults, settings } = deps;

  return (machine, change) => {
    if (machine.state === 'destroyed' || machine.state === 'destroying') throw notFound('not_found: machine not found');
    if (machine.state === 'replacing') throw conflict('aborted: machine update failed due to concurrent update');
    const target = { app: machine.app, id: machine.id, name: machine.name };
    const before = { config: machine.config, version: machine.version, state: machine.state, wantsUp: machine.wantsUp };
    const run = power.run(machine);

    run.begin();
    run.restarts = 0;
    machine.config = change.config;
    machine.version = change.version;
    machine.versions.push({ version: change.version, config: change.config, createdAt: clock.now() });
    machine.memoryLimitMb = null;
    machine.wantsUp = change.launch;
    power.setState(machine, 'replacing', { type: 'update', status: 'replacing', source: 'user' });

    const revert = faults.strike('update-reverted', target);
    if (revert) {
      run.later(numberParam(revert, 'afterMs', 130), async () => {
        await power.takeDown(machine, { signal: 'SIGKILL', timeoutMs: 0 });
        machine.config = before.config;
        machine.version = before.version;
        machine.versions = machine.versions.filter((version) => version.version !== change.version);
        machine.wantsUp = false;
        power.setState(machine, 'stopped', { type: 'revert', status: 'stopped', source: 'flyd' });
      });
      return;
    }
    if (faults.strike('stuck-replacing', target)) return;

    run.later(settings.latency.updateMs, async () => {
      const epoch = run.epoch();
      // The snapshot of a suspended machine is lost with the update: its frozen processes end without a signal.
      const frozen = before.state === 'suspended' || before.state === 'suspending';
      await power.takeDown(machine, frozen ? { signal: 'SIGKILL', timeoutMs: 0 } : stopRules(before.config));
      if (epoch !== run.epoch()) return;
      if (!change.launch) {
        // Kept asleep: a machine that never ran stays `created`, any other ends `stopped` (seen for a stopped one).
        return power.setState(machine, before.state === 'created' && !before.wantsUp ? 'created' : 'stopped');
      }
      power.setState(machine, 'created', { type: 'launch', status: 'created', source: 'user' });
      power.bringUp(machine, { delayMs: settings.latency.startMs, keepRoot: false });
    });
  };
}
