import type { AdminDoors } from './admin/doors.js';
import type { EmulatorSnapshot } from './admin/snapshot.js';
import type { EmulatorClock, VirtualClock } from './clock.js';
import type { FaultControl } from './faults/fault-control.js';
import type { GatewayPlace } from './platform/private-network.js';
import type { RequestLog } from './request-log.js';
import type { Latency, Settings } from './settings.js';
import type { TokenStore } from './tokens.js';

/** How an emulator is to be; everything has a default. */
export interface EmulatorOptions {
  /** How the inside of machines is made: scripted answers (default), or real processes of this computer. */
  runtime?: 'simulated' | 'processes';
  /** TCP port of the API; 0 (default) takes any free one. Always on 127.0.0.1. */
  port?: number;
  /** Keeps everything across restarts. One emulator at a time. Without it nothing is kept. */
  stateDir?: string;
  /** Default: real time. */
  clock?: 'real' | VirtualClock;
  /** Makes ids, addresses and fault likelihoods the same in every run. */
  seed?: number;
  /** Fly's limits of calls per second. Default: off. */
  rateLimits?: boolean;
  /** How long things take; all 0 by default. */
  latency?: Partial<Latency>;
  /** When the edge stops a machine that nobody is connected to. Default: five minutes. */
  idleTimeoutMs?: number;
  /** How often the edge looks for idle machines. */
  edgeCheckIntervalMs?: number;
  /**
   * Where the WireGuard gateway listens, on an address of its own: UDP 51820 and WebSocket 443 unless given, which are the only ones
   * that flyctl asks for; 0 takes any free one.
   */
  gatewayPorts?: { udp?: number; webSocket?: number };
  /** Organisations of the emulator's token besides `personal`. */
  orgs?: string[];
  /** Quotas and choices where Fly's own behaviour is open. */
  settings?: Partial<Omit<Settings, 'latency'>>;
}

/** A running emulator. */
export interface FlyEmulator {
  /** Machines API under `/v1`, logs under `/api/v1`, the emulator's own endpoints under `/_emulator`. */
  readonly url: string;
  /** A personal token for `personal` and the other organisations of the options. */
  readonly token: string;
  /** Opens the endpoints under `/_emulator`, in the header `emulator-secret`. Random, new at each start. */
  readonly adminSecret: string;
  /** Variables that point any Fly client at this emulator. */
  readonly env: Record<string, string>;
  readonly clock: EmulatorClock;
  readonly faults: FaultControl;
  readonly requests: RequestLog;
  readonly tokens: Pick<TokenStore, 'create' | 'revoke'>;
  /** What tests do behind the API's back. */
  readonly admin: AdminDoors;
  /**
   * `ready` resolves when the edge listens on every address and port of this moment; rejects when it cannot. `passIdleTime` brings down every
   * machine that nobody is connected to, as Fly's proxy does after some minutes, and resolves once that is done.
   */
  readonly edge: { ready(): Promise<void>; passIdleTime(): Promise<void> };
  /** Where tunnels into the private networks end; `null` while no WireGuard peer has been made. */
  gateway(): GatewayPlace | null;
  /**
   * The certificate, in PEM, of the authority that signs for `<app>.fly.dev` at ports with Fly's `tls` handler. The same in every run on
   * one state directory, except for its signature.
   */
  certificateAuthority(): string;
  /** Apps, addresses, volumes, machines, names of secrets: plain JSON. */
  inspect(): EmulatorSnapshot;
  /** Ends all machines and closes every socket. State in `stateDir` stays. May be called twice. */
  stop(): Promise<void>;
}
