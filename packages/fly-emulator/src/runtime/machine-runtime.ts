import type { Duplex } from 'node:stream';
import type { ConsoleAccess } from './console.js';

/** How the inside of a machine is made: scripted answers, or real processes. The REST side knows only this. */
export interface MachineRuntime {
  readonly kind: 'simulated' | 'processes';
  /** Starts the machine's main process. Resolves once it runs; rejects when it cannot be started at all. */
  boot(request: BootRequest): Promise<MachineInstance>;
  /** Forgets everything kept for a destroyed machine (its root directory). Volumes stay. */
  discard(app: string, machineId: string): Promise<void>;
  /** Forgets a destroyed volume's data. */
  discardVolume(volumeId: string): Promise<void>;
  /** Copies one volume's data into another (snapshots, forks). Either may be empty. */
  copyVolume(fromId: string, toId: string): Promise<void>;
  /** Bytes of data on a volume; `null`, or no such member, where they cannot be counted. */
  volumeBytes?(volumeId: string): Promise<number | null>;
}

export interface BootRequest {
  app: string;
  machineId: string;
  region: string;
  /** The machine's `config` as the API holds it. */
  config: MachineConfigView;
  /** Everything the main process sees: platform variables, `config.env` and app secrets. */
  env: Record<string, string>;
  /** App secrets alone; `AUTHORIZED_KEYS` admits SSH keys. */
  secrets: Record<string, string>;
  /** Whether the root file system is kept from the last run (resume from a lost snapshot) or starts empty. */
  keepRoot: boolean;
  /** Fly's own SSH server. Without it the machine has none. */
  console?: ConsoleAccess;
  /** A line for the app's log. */
  log(message: string, level?: 'info' | 'warn' | 'error'): void;
  /** Called once, when the main process has ended, for whatever reason. */
  onExit(exit: MachineExit): void;
}

/** The part of a MachineConfig that a runtime reads. */
export interface MachineConfigView {
  image: string;
  init?: { exec?: string[]; entrypoint?: string[]; cmd?: string[] };
  env?: Record<string, string>;
  files?: { guest_path: string; raw_value?: string; secret_name?: string; mode?: number }[];
  mounts?: { volume: string; path: string }[];
  [key: string]: unknown;
}

export interface MachineExit {
  /** Exit code of the main process; 128 + n when a signal ended it. */
  code: number;
  /** Signal number, or -1. */
  signal: number;
  oomKilled: boolean;
}

/** A booted machine. */
export interface MachineInstance {
  /** Runs a program to its end (REST `exec`). Rejects when the machine is gone, and with `ETIMEDOUT` after `timeoutMs`, having ended it. */
  exec(request: {
    command: string[];
    stdin?: string;
    timeoutMs: number;
  }): Promise<{ exit_code: number; exit_signal: number; stdout: string; stderr: string }>;
  /** The process table, as REST `ps` prints it. */
  ps(): Promise<MachineProcess[]>;
  /** Sends a signal (`TERM`) to the main process. */
  signal(name: string): Promise<void>;
  /** Suspends: nothing in the machine runs any more, memory stays. */
  freeze(): Promise<void>;
  thaw(): Promise<void>;
  /** Signals the main process, waits up to `timeoutMs`, then ends everything by force. `onExit` is called as well. */
  stop(request: { signal: string; timeoutMs: number }): Promise<void>;
  /** A byte stream to a TCP port inside. Rejects with `ECONNREFUSED` when nothing listens. */
  connect(port: number): Promise<Duplex>;
  /** A byte stream to Fly's own SSH server, which listens on the machine's private address. Rejects with `ECONNREFUSED` without one. */
  connectConsole(): Promise<Duplex>;
}

export interface MachineProcess {
  pid: number;
  stime: number;
  rtime: number;
  command: string;
  directory: string;
  cpu: number;
  rss: number;
  listen_sockets: { proto: string; address: string }[];
}
