import { setTimeout as delay } from 'node:timers/promises';
import { isGone, isStopped, readProcessTable, type ProcessEntry } from './process-table.js';

/** Everything that runs in one machine, daemons that left their parents included. */
export interface MachineProcesses {
  /** Counts a process that the emulator itself started as leader of a group; the group belongs to the machine as well. */
  add(pid: number): void;
  /** That process has ended. Its group still counts while anybody is in it. */
  ended(pid: number): void;
  /** The processes that run now, parents before their children. */
  list(): Promise<ProcessEntry[]>;
  /** Stops everything where it is. Resolves once nothing moves any more. */
  freeze(): Promise<void>;
  /** Lets everything go on, except what was stopped before the freeze. */
  thaw(): Promise<void>;
  /** Ends everything by force. Resolves once nothing is left. */
  kill(): Promise<void>;
}

const PATIENCE_MS = 5000;
const PAUSE_MS = 2;

/** `marks` tells by a process's mark whether it belongs here. */
export function createMachineProcesses(belongs: (mark: string) => boolean): MachineProcesses {
  const started = new Set<number>();
  /** What the freeze stopped; `null` while nothing is frozen. */
  let stoppedByUs: Set<number> | null = null;

  const list = async (): Promise<ProcessEntry[]> => {
    const table = await readProcessTable();
    for (const leader of started) if (!groupExists(leader)) started.delete(leader);
    return select(table, belongs, started);
  };

  return {
    add: (pid) => started.add(pid),
    ended(pid) {
      // The number may be given to a stranger as soon as the group is empty.
      if (!groupExists(pid)) started.delete(pid);
    },
    list,
    async freeze() {
      const already = new Set((await list()).filter(isStopped).map((entry) => entry.pid));
      const stopped = new Set<number>();
      stoppedByUs = stopped;
      await untilNothing(async () => {
        const moving = (await list()).filter((entry) => !isStopped(entry) && !already.has(entry.pid));
        const movingPids = new Set(moving.map((entry) => entry.pid));
        for (const entry of moving) {
          // A shell must stand still before its job does, or it takes the job for stopped by the user.
          if (stopped.has(entry.pid) || movingPids.has(entry.parent)) continue;
          send(entry.pid, 'SIGSTOP');
          stopped.add(entry.pid);
        }
        return moving.length === 0;
      });
    },
    async thaw() {
      const stopped = stoppedByUs;
      stoppedByUs = null;
      if (!stopped) return;
      // Children first: a parent that looks at them finds them running.
      for (const entry of (await list()).reverse()) if (stopped.has(entry.pid)) send(entry.pid, 'SIGCONT');
    },
    async kill() {
      stoppedByUs = null;
      await untilNothing(async () => {
        const alive = await list();
        for (const entry of alive) send(entry.pid, 'SIGKILL');
        return alive.length === 0;
      });
      started.clear();
    },
  };
}

/** Marked processes, what the emulator started, their sessions and groups, and all descendants; in order of depth. */
function select(table: ProcessEntry[], belongs: (mark: string) => boolean, started: Set<number>): ProcessEntry[] {
  const alive = table.filter((entry) => !isGone(entry) && entry.pid !== process.pid);
  const chosen = new Map<number, number>();
  for (const entry of alive) {
    const marked = entry.mark !== null && belongs(entry.mark);
    if (marked || started.has(entry.pid) || started.has(entry.group) || started.has(entry.session))
      chosen.set(entry.pid, 0);
  }
  for (let grew = true; grew;) {
    grew = false;
    for (const entry of alive) {
      const parentDepth = chosen.get(entry.parent);
      if (parentDepth === undefined || (chosen.get(entry.pid) ?? -1) > parentDepth) continue;
      chosen.set(entry.pid, parentDepth + 1);
      grew = true;
    }
  }
  const depth = (entry: ProcessEntry): number => chosen.get(entry.pid) ?? 0;
  return alive.filter((entry) => chosen.has(entry.pid)).sort((a, b) => depth(a) - depth(b) || a.pid - b.pid);
}

/** Repeats until nothing is left to do: signals take effect a moment later, and a fork may have slipped through. */
async function untilNothing(step: () => Promise<boolean>): Promise<void> {
  for (let waited = 0; !(await step()) && waited < PATIENCE_MS; waited += PAUSE_MS) await delay(PAUSE_MS);
}

function groupExists(leader: number): boolean {
  try {
    process.kill(-leader, 0);
    return true;
  } catch {
    return false;
  }
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended meanwhile.
  }
}
