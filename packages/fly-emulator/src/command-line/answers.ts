/** Where the local emulator answers, and what it is. */
export interface RunningEmulator {
  url: string;
  pid: number;
  /** What machines are made of. */
  runtime: 'simulated' | 'processes';
  /** ISO 8601. */
  startedAt: string;
}

/** Of `emulator start`. */
export interface StartAnswer extends RunningEmulator {
  schema: 'sindri.emulator-start/1';
  /** It ran already. Absent with `--foreground`. */
  reused?: boolean;
  /** Variables that point any Fly client at it, a token among them. Absent with `--foreground`. */
  env?: Record<string, string>;
  stateDir: string;
}

/** Of `emulator status`. Where it does not run, only `running` and `stateDir` are there for certain. */
export interface StatusAnswer extends Partial<RunningEmulator> {
  schema: 'sindri.emulator-status/1';
  running: boolean;
  stateDir: string;
  /** A process that may be it, and does not answer. */
  unknownProcess?: number;
  apps?: { name: string }[];
  machines?: { app: string; name: string; state: string }[];
}

/** Of `emulator stop`. */
export interface StopAnswer {
  schema: 'sindri.emulator-stop/1';
  /** `false`: it did not run. */
  stopped: boolean;
}

/** Of `emulator env`. */
export interface EnvAnswer {
  schema: 'sindri.emulator-env/1';
  /** The value of each variable. */
  env: Record<string, string>;
}

/** Of `emulator logs`. */
export interface LogsAnswer {
  schema: 'sindri.emulator-logs/1';
  /** The oldest first. */
  lines: string[];
}

/** Of `emulator faults`. */
export interface FaultsAnswer {
  schema: 'sindri.emulator-faults/1';
  /** What is switched on. `left`: how often it still fires; `null` = until it is cleared. */
  active: { id: string; name: string; struck: number; left: number | null }[];
  /** What can go wrong. */
  catalogue: { name: string; family: string; summary: string; params: Record<string, string> }[];
}
