import type { EmulatorClock } from './clock.js';
import { parseGoDuration } from './go-duration.js';
import type { Lifecycle } from './lifecycle/lifecycle.js';
import { probeHttp, probeTcp, type ProbeResult } from './health-probes.js';
import type { CheckConfig, MachineRecord } from './records.js';

export interface CheckStatus {
  name: string;
  status: 'passing' | 'warning' | 'critical';
  output: string;
  updatedAt: number;
}

/** Runs the checks of started machines and remembers how they went. */
export interface HealthChecks {
  statuses(machine: MachineRecord): CheckStatus[];
  close(): void;
}

interface NamedCheck {
  name: string;
  port: number;
  config: CheckConfig;
}

const DEFAULT_INTERVAL_MS = 15_000;
const DEFAULT_TIMEOUT_MS = 10_000;
/** While a check has never passed it is tried this often, as a machine that comes up is watched closely. */
const EAGER_INTERVAL_MS = 1000;

export function createHealthChecks(deps: { lifecycle: Lifecycle; clock: EmulatorClock }): HealthChecks {
  const { lifecycle, clock } = deps;
  const statuses = new Map<string, Map<string, CheckStatus>>();
  const watching = new Map<string, () => void>();

  const watch = (machine: MachineRecord): void => {
    let over = false;
    const cancels = new Set<() => void>();
    const own = new Map<string, CheckStatus>();
    statuses.set(machine.id, own);
    const report = (check: NamedCheck, status: CheckStatus['status'], output: string): void =>
      void own.set(check.name, { name: check.name, status, output, updatedAt: clock.now() });
    const round = async (check: NamedCheck): Promise<void> => {
      const result = await probe(machine, check);
      if (over) return;
      const before = own.get(check.name)?.status;
      if (result.ok) report(check, 'passing', result.output);
      // A machine that has not passed yet is still coming up.
      else report(check, before === 'passing' || before === 'critical' ? 'critical' : 'warning', result.output);
      const interval = clampMs(check.config.interval, DEFAULT_INTERVAL_MS);
      const pause = result.ok || before === 'critical' ? interval : Math.min(EAGER_INTERVAL_MS, interval);
      const cancel = clock.after(pause, () => {
        cancels.delete(cancel);
        void round(check);
      });
      cancels.add(cancel);
    };
    for (const check of checksOf(machine)) {
      report(check, 'warning', 'waiting for status update');
      void round(check);
    }
    watching.set(machine.id, () => {
      over = true;
      for (const cancel of cancels) cancel();
    });
  };

  const probe = async (machine: MachineRecord, check: NamedCheck): Promise<ProbeResult> => {
    const instance = lifecycle.instance(machine);
    if (!instance) return { ok: false, output: `machine is ${machine.state}` };
    const timeoutMs = clampMs(check.config.timeout, DEFAULT_TIMEOUT_MS);
    return check.config.type === 'http'
      ? probeHttp(instance, check.port, check.config, timeoutMs, clock)
      : probeTcp(instance, check.port, timeoutMs, clock);
  };

  const unwatch = (id: string): void => {
    watching.get(id)?.();
    watching.delete(id);
  };

  const unsubscribe = lifecycle.onState((machine) => {
    unwatch(machine.id);
    if (machine.state === 'started') watch(machine);
    if (machine.state === 'destroyed') statuses.delete(machine.id);
  });

  return {
    statuses: (machine) =>
      checksOf(machine).map((check) => {
        const known = statuses.get(machine.id)?.get(check.name);
        const up = machine.state === 'started';
        if (known && up) return known;
        const output = up ? 'waiting for status update' : `the machine hasn't started`;
        return { name: check.name, status: 'warning', output, updatedAt: known?.updatedAt ?? machine.updatedAt };
      }),
    close() {
      unsubscribe();
      for (const id of [...watching.keys()]) unwatch(id);
    },
  };
}

function clampMs(value: string | number | undefined, fallback: number): number {
  return Math.min(Math.max(parseGoDuration(value) ?? fallback, 1000), 60_000);
}

/** Checks as `machine.checks` names them: `servicecheck-00-tcp-2222` for those of services, their own name otherwise. */
function checksOf(machine: MachineRecord): NamedCheck[] {
  const services = (machine.config.services ?? []).flatMap((service) =>
    (service.checks ?? []).map((config) => ({ config, port: config.port ?? service.internal_port ?? 0 })),
  );
  const named = services.map(({ config, port }, index) => ({
    name: `servicecheck-${String(index).padStart(2, '0')}-${config.type ?? 'tcp'}-${port}`,
    port,
    config,
  }));
  const top = Object.entries(machine.config.checks ?? {}).map(([name, config]) => ({
    name,
    port: config.port ?? 0,
    config,
  }));
  return [...named, ...top];
}
