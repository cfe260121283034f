import type { MachineInstance } from '../runtime/machine-runtime.js';
import type { EmulatorClock } from '../clock.js';

/** What the edge proxy may see and do of the platform. The platform implements it; the edge knows nothing else. */
export interface EdgeHost {
  readonly clock: EmulatorClock;
  /** Every allocated public address of every app. */
  addresses(): EdgeAddress[];
  addressesOf(app: string): EdgeAddress[];
  /** Every service of every machine of an app that is not destroyed. */
  routes(app: string): EdgeRoute[];
  /** The services of one of them. */
  machineRoutes(app: string, machineId: string): EdgeRoute[];
  /**
   * Calls back after anything that `addresses` or `routes` report has changed, with where to look; `null` = everywhere. Returns the
   * way to stop that.
   */
  onChange(listener: (change: EdgeChange | null) => void): () => void;
  /** The booted machine, or `null` unless its state is `started`. */
  instance(app: string, machineId: string): MachineInstance | null;
  /** Starts a stopped or suspended machine the way the proxy does. Rejects with the API's error text (a lease: PM01). */
  wake(app: string, machineId: string): Promise<void>;
  /** Stops or suspends an idle machine the way the proxy does; `suspend` falls back to `stop` where Fly's does. */
  idle(app: string, machineId: string, mode: 'stop' | 'suspend'): Promise<void>;
  /** A proxy line in the app's log, with its code: `PC01`. */
  log(app: string, machineId: string | null, message: string, code?: string): void;
}

/** An app whose addresses have changed, or one of its machines. */
export interface EdgeChange {
  app: string;
  machine?: string;
}

export interface EdgeAddress {
  /** A loopback address as the API shows it, IPv4 or IPv4-mapped IPv6 in hex (`::ffff:7f05:102`). */
  ip: string;
  app: string;
  type: 'v4' | 'v6' | 'shared_v4' | 'private_v6';
}

export interface EdgeRoute {
  machineId: string;
  region: string;
  state: string;
  cordoned: boolean;
  protocol: 'tcp' | 'udp';
  internalPort: number;
  ports: { start: number; end: number; handlers: string[] }[];
  autostop: 'off' | 'stop' | 'suspend';
  autostart: boolean;
  minMachinesRunning: number;
  softLimit: number;
}
