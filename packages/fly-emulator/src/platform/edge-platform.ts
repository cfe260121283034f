import type { EdgeAddress, EdgeHost, EdgeRoute } from '../edge/edge-host.js';
import { ApiError } from '../api-error.js';
import type { AppRecord, MachineRecord, ServiceConfig } from '../records.js';
import type { Platform } from './platform.js';

/** Connections or requests above which Fly starts another machine, when a service does not say. */
const DEFAULT_SOFT_LIMIT = 20;

/** The platform as the edge proxy sees it. */
export function createEdgeHost(platform: Platform): EdgeHost {
  const { store, clock, lifecycle, leases, logs, settings } = platform;

  const find = (app: string, id: string): MachineRecord | undefined => {
    const machine = store.machine(id);
    return machine && machine.app === app && machine.state !== 'destroyed' ? machine : undefined;
  };
  const require = (app: string, id: string): MachineRecord => {
    const machine = find(app, id);
    if (!machine) throw new Error(`machine ${id} not found`);
    return machine;
  };

  return {
    clock,
    addresses: () => store.apps().flatMap(addressesOf),
    addressesOf(name) {
      const app = store.app(name);
      return app ? addressesOf(app) : [];
    },
    routes: (app) =>
      store
        .machines(app)
        .filter((machine) => machine.state !== 'destroyed')
        .flatMap((machine) => (machine.config.services ?? []).map((service) => route(machine, service))),
    machineRoutes(app, id) {
      const machine = find(app, id);
      return machine ? (machine.config.services ?? []).map((service) => route(machine, service)) : [];
    },
    onChange: (listener) =>
      store.onChange((change) => {
        if (change === null) listener(null);
        if (change?.app) listener({ app: change.app.name });
        if (change?.machine) listener({ app: change.machine.app, machine: change.machine.id });
      }),
    instance(app, id) {
      const machine = find(app, id);
      return machine ? lifecycle.instance(machine) : null;
    },
    async wake(app, id) {
      const machine = require(app, id);
      // The proxy uses the same API: somebody's lease keeps it from waking the machine.
      leases.check(machine, undefined);
      const started = untilUp(platform, machine);
      try {
        lifecycle.start(machine, 'proxy');
      } catch (error) {
        started.cancel();
        throw error;
      }
      await started.promise;
    },
    async idle(app, id, mode) {
      const machine = require(app, id);
      // That a lease also keeps the proxy from stopping follows by symmetry; no text of Fly says so (unsure).
      if (settings.autostopHeedsLeases) leases.check(machine, undefined);
      if (mode === 'suspend') lifecycle.suspend(machine, 'proxy', { fallback: true });
      else lifecycle.stop(machine, {}, 'proxy');
    },
    log(app, id, message, code) {
      const machine = id === null ? undefined : store.machine(id);
      logs.append({
        app,
        message,
        level: code === undefined ? 'info' : 'error',
        instance: id ?? '',
        region: machine?.region ?? '',
        provider: 'proxy',
        ...(code === undefined ? {} : { code }),
      });
    },
  };
}

function addressesOf(app: AppRecord): EdgeAddress[] {
  return app.ips.flatMap((ip) => (isListened(ip.type) ? [{ ip: ip.ip, app: app.name, type: ip.type }] : []));
}

const isListened = (type: string): type is EdgeAddress['type'] => !type.startsWith('egress');

function route(machine: MachineRecord, service: ServiceConfig): EdgeRoute {
  return {
    machineId: machine.id,
    region: machine.region,
    state: machine.state,
    cordoned: machine.cordoned,
    protocol: service.protocol === 'udp' ? 'udp' : 'tcp',
    internalPort: service.internal_port ?? 0,
    ports: (service.ports ?? []).map((port) => ({
      start: port.port ?? port.start_port ?? 0,
      end: port.port ?? port.end_port ?? port.start_port ?? 0,
      handlers: port.handlers ?? [],
    })),
    autostop: service.autostop === 'suspend' ? 'suspend' : service.autostop === true ? 'stop' : 'off',
    // The API's own default; the fly.toml page names another one.
    autostart: service.autostart ?? false,
    minMachinesRunning: service.min_machines_running ?? 0,
    softLimit: service.concurrency?.soft_limit ?? DEFAULT_SOFT_LIMIT,
  };
}

/** Resolves when the machine is started, rejects when it ends up anywhere else. */
function untilUp(platform: Platform, machine: MachineRecord): { promise: Promise<void>; cancel(): void } {
  let off = (): void => undefined;
  const promise = new Promise<void>((resolve, reject) => {
    off = platform.lifecycle.onState((changed) => {
      if (changed.id !== machine.id || changed.state === 'starting' || changed.state === 'restarting') return;
      off();
      if (changed.state === 'started') resolve();
      else reject(new ApiError(412, `failed_precondition: machine ended up ${changed.state}`));
    });
    if (machine.state === 'started') {
      off();
      resolve();
    }
  });
  return { promise, cancel: () => off() };
}
