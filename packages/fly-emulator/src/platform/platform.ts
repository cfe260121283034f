import type { AppLogs } from '../app-logs.js';
import type { EmulatorClock } from '../clock.js';
import type { FaultEngine } from '../faults/fault-control.js';
import type { HealthChecks } from '../health-checks.js';
import type { Ids } from '../ids.js';
import type { Leases } from '../leases.js';
import type { Lifecycle } from '../lifecycle/lifecycle.js';
import type { Random } from '../random.js';
import type { MachineRuntime } from '../runtime/machine-runtime.js';
import type { Settings } from '../settings.js';
import type { SignIns } from '../sign-ins.js';
import type { Store } from '../store.js';
import type { TokenStore } from '../tokens.js';
import type { PrivateNetwork } from './private-network.js';

/** Everything a REST handler may use. */
export interface Platform {
  store: Store;
  clock: EmulatorClock;
  ids: Ids;
  random: Random;
  settings: Settings;
  tokens: TokenStore;
  signIns: SignIns;
  leases: Leases;
  faults: FaultEngine;
  logs: AppLogs;
  lifecycle: Lifecycle;
  checks: HealthChecks;
  runtime: MachineRuntime;
  privateNetwork: PrivateNetwork;
}
