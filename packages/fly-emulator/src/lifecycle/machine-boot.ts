import type { AppLogs } from '../app-logs.js';
import { afterOrSoon, type EmulatorClock } from '../clock.js';
import type { FaultEngine } from '../faults/fault-control.js';
import { numberParam, stringParam } from '../faults/fault.js';
import type { AppRecord, MachineRecord } from '../records.js';
import type { ConsoleAccess } from '../runtime/console.js';
import type { MachineExit, MachineInstance, MachineRuntime } from '../runtime/machine-runtime.js';
import type { Store } from '../store.js';

export interface BootDeps {
  store: Store;
  clock: EmulatorClock;
  logs: AppLogs;
  faults: FaultEngine;
  runtime: MachineRuntime;
  /** Fly's own SSH server of a machine. */
  console(machine: MachineRecord): ConsoleAccess;
  /** Variables every machine gets so that programs inside can reach this emulator instead of Fly. */
  apiEnv(): Record<string, string>;
}

/** Starts a machine's main process with everything Fly gives it. Rejects when it cannot be started at all. */
export async function bootMachine(
  deps: BootDeps,
  machine: MachineRecord,
  how: { keepRoot: boolean; onExit(exit: MachineExit): void },
): Promise<MachineInstance> {
  const { store, clock, logs, faults, runtime } = deps;
  const app = store.app(machine.app);
  if (!app) throw new Error(`app ${machine.app} is gone`);
  const target = { app: machine.app, id: machine.id, name: machine.name };
  const runner = (message: string, level: 'info' | 'error' = 'info'): void =>
    logs.append({ app: machine.app, message, level, instance: machine.id, region: machine.region, provider: 'runner' });

  const refusal = faults.strike('boot-fails', target);
  if (refusal) throw new Error(stringParam(refusal, 'message', `failed to pull image ${machine.config.image}`));

  machine.secrets ??= secretValues(app);
  const secrets = machine.skipSecrets ? {} : machine.secrets;
  checkSecretFiles(machine, secrets);
  runner('Configuring firecracker');

  let ended = false;
  const exitOnce = (exit: MachineExit): void => {
    if (ended) return;
    ended = true;
    how.onExit(exit);
  };
  const instance = await runtime.boot({
    app: machine.app,
    machineId: machine.id,
    region: machine.region,
    config: machine.config,
    env: machineEnv(app, machine, secrets, deps.apiEnv()),
    secrets,
    keepRoot: how.keepRoot,
    console: deps.console(machine),
    log: (message, level) =>
      logs.append({ app: machine.app, message, level, instance: machine.id, region: machine.region, provider: 'app' }),
    onExit: exitOnce,
  });

  const crash = faults.strike('crash-on-boot', target);
  if (crash) {
    const exit = crashExit(crash);
    afterOrSoon(clock, numberParam(crash, 'afterMs', 0), () => {
      if (ended) return;
      for (const line of crashLines(crash)) {
        logs.append({
          app: machine.app,
          message: line,
          level: 'error',
          instance: machine.id,
          region: machine.region,
          provider: 'app',
        });
      }
      // Reported first, so that the forced end is not taken for the reason.
      exitOnce(exit);
      void instance.stop({ signal: 'SIGKILL', timeoutMs: 0 }).catch(() => undefined);
    });
  }
  return instance;
}

function crashExit(crash: Record<string, unknown>): MachineExit {
  const oomKilled = crash.oom === true;
  const code = typeof crash.exitCode === 'number' ? crash.exitCode : oomKilled ? 137 : 1;
  return { code, signal: -1, oomKilled };
}

function crashLines(crash: Record<string, unknown>): string[] {
  return Array.isArray(crash.log) ? crash.log.map(String) : ['Error: simulated crash on boot'];
}

function secretValues(app: AppRecord): Record<string, string> {
  return Object.fromEntries(Object.entries(app.secrets).map(([name, secret]) => [name, secret.value]));
}

/** A file that comes from a secret needs the secret, in base64; without it the machine does not come up. */
function checkSecretFiles(machine: MachineRecord, secrets: Record<string, string>): void {
  for (const file of machine.config.files ?? []) {
    if (file.secret_name === undefined) continue;
    const value = Object.hasOwn(secrets, file.secret_name) ? secrets[file.secret_name] : undefined;
    if (value === undefined) throw new Error(`secret ${file.secret_name} for file ${file.guest_path} is not set`);
    if (!/^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(value)) {
      throw new Error(`secret ${file.secret_name} for file ${file.guest_path} is not base64`);
    }
  }
}

function machineEnv(
  app: AppRecord,
  machine: MachineRecord,
  secrets: Record<string, string>,
  apiEnv: Record<string, string>,
): Record<string, string> {
  return {
    ...machine.config.env,
    // A name that is both an environment variable and a secret means the secret.
    ...secrets,
    FLY_APP_NAME: app.name,
    FLY_MACHINE_ID: machine.id,
    FLY_ALLOC_ID: machine.id,
    FLY_REGION: machine.region,
    FLY_PRIVATE_IP: machine.privateIp,
    FLY_PUBLIC_IP: app.ips.find((ip) => ip.type === 'v6')?.ip ?? '',
    FLY_IMAGE_REF: machine.config.image,
    FLY_MACHINE_VERSION: machine.version,
    FLY_VM_MEMORY_MB: String(machine.config.guest.memory_mb),
    ...apiEnv,
  };
}
