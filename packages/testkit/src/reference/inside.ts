/** Kills a process of a pretended machine. */
export type Kill = (signal: string) => void;

/**
 * What is inside the things of the reference platform: the values of secrets, the files of volumes and machines, and the
 * processes that run. No request leads here; the platform's own machines look at it.
 */
export interface Inside {
  /** By id of the secret. Never part of what the platform tells about itself. */
  readonly values: Map<string, string>;
  /** The files of a volume, or of a machine outside of its volume, by path. */
  files(thing: string): Map<string, string>;
  /** Starts a process in a machine and returns its number. */
  begin(machine: string, kill: Kill): number;
  /** A process has ended. */
  end(pid: number): void;
  /** Whether a process runs in this machine. */
  isAlive(machine: string, pid: number): boolean;
  /** Sends a signal to one process. */
  kill(machine: string, pid: number, signal: string): void;
  /** Ends every process of a machine, as a restart does. */
  killAll(machine: string): void;
  /** Forgets everything about a thing that no longer exists. */
  forget(thing: string): void;
}

/** The inside of nothing yet. */
export function createInside(): Inside {
  const values = new Map<string, string>();
  const files = new Map<string, Map<string, string>>();
  const processes = new Map<number, { machine: string; kill: Kill }>();
  let lastPid = 1;

  const inside: Inside = {
    values,
    files(thing) {
      const known = files.get(thing) ?? new Map<string, string>();
      files.set(thing, known);
      return known;
    },
    begin(machine, kill) {
      const pid = ++lastPid;
      processes.set(pid, { machine, kill });
      return pid;
    },
    end: (pid) => void processes.delete(pid),
    isAlive: (machine, pid) => processes.get(pid)?.machine === machine,
    kill(machine, pid, signal) {
      if (inside.isAlive(machine, pid)) processes.get(pid)?.kill(signal);
    },
    killAll(machine) {
      for (const [pid, process] of processes) {
        if (process.machine !== machine) continue;
        processes.delete(pid);
        process.kill('KILL');
      }
    },
    forget(thing) {
      inside.killAll(thing);
      values.delete(thing);
      files.delete(thing);
    },
  };
  return inside;
}
