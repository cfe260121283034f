import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';

/** One process of this computer, as far as finding and steering a machine's processes needs it. */
export interface ProcessEntry {
  pid: number;
  parent: number;
  group: number;
  /** Session leader; 0 where the system does not tell. */
  session: number;
  /** `R`, `S`, `D`, `T` (stopped), `Z` (ended, not collected) … */
  state: string;
  /** The value of the marker variable in its environment, where the system shows it. */
  mark: string | null;
}

/** The variable that tells which machine a process belongs to; children inherit it. */
export const MACHINE_MARK = 'SINDRI_EMULATOR_MACHINE';

/** All processes that run now. On Linux read from /proc in one go, elsewhere from `ps`, which shows no marks. */
export async function readProcessTable(): Promise<ProcessEntry[]> {
  return process.platform === 'linux' ? readProc() : readPs();
}

export function isGone(entry: ProcessEntry): boolean {
  return entry.state.startsWith('Z') || entry.state.startsWith('X');
}

export function isStopped(entry: ProcessEntry): boolean {
  return entry.state.startsWith('T') || entry.state.startsWith('t');
}

/** Synchronous on purpose: the table is of one moment, as little as possible changes while it is read. */
function readProc(): ProcessEntry[] {
  const entries: ProcessEntry[] = [];
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const fields = readProcStat(name);
    if (!fields) continue;
    entries.push({
      pid: Number(name),
      state: fields[0] ?? '',
      parent: Number(fields[1]),
      group: Number(fields[2]),
      session: Number(fields[3]),
      mark: readMark(name),
    });
  }
  return entries;
}

/** Fields of /proc/PID/stat from the state on; the name before it may hold blanks and parentheses. */
export function readProcStat(pid: string | number): string[] | null {
  const text = readText(`/proc/${pid}/stat`);
  return text === null
    ? null
    : text
        .slice(text.lastIndexOf(')') + 2)
        .trim()
        .split(' ');
}

/** `null` when the process has gone, or belongs to somebody else. */
export function readText(file: string): string | null {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return null;
  }
}

function readMark(pid: string): string | null {
  const environment = readText(`/proc/${pid}/environ`);
  const entry = environment?.split('\0').find((pair) => pair.startsWith(`${MACHINE_MARK}=`));
  return entry === undefined ? null : entry.slice(MACHINE_MARK.length + 1);
}

async function readPs(): Promise<ProcessEntry[]> {
  const { stdout } = await promisify(execFile)('ps', ['-axo', 'pid=,ppid=,pgid=,stat=']);
  return stdout
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields.length >= 4)
    .map(([pid, parent, group, state]) => ({
      pid: Number(pid),
      parent: Number(parent),
      group: Number(group),
      session: 0,
      state: state ?? '',
      mark: null,
    }));
}
