import { execFile } from 'node:child_process';
import { readlinkSync } from 'node:fs';
import { promisify } from 'node:util';
import type { MachineProcess } from '../machine-runtime.js';
import { listenSockets, readListenTable } from './listen-sockets.js';
import { readProcStat, readText, type ProcessEntry } from './process-table.js';

/** Clock ticks per second and bytes per page, as good as everywhere. */
const TICKS = 100;
const PAGE = 4096;

/** What REST `ps` shows of the given processes. `shown` turns paths of this computer into the machine's. */
export async function describeProcesses(
  entries: ProcessEntry[],
  shown: (text: string) => string,
): Promise<MachineProcess[]> {
  const table = readListenTable();
  if (table === null) return describeWithPs(entries, shown);
  const sockets = listenSockets(
    table,
    entries.map((entry) => entry.pid),
  );
  const uptime = Number((readText('/proc/uptime') ?? '0').split(' ')[0]);
  return entries.flatMap((entry) => {
    const stat = readProcStat(entry.pid);
    if (!stat) return [];
    const ticks = Number(stat[11]) + Number(stat[12]);
    const age = Math.max(0, uptime - Number(stat[19]) / TICKS);
    return {
      pid: entry.pid,
      stime: Math.round((Number(stat[12]) / TICKS) * 1000),
      rtime: Math.round(age * 1000),
      command: shown((readText(`/proc/${entry.pid}/cmdline`) ?? '').split('\0').join(' ').trim()),
      directory: shown(readDirectory(entry.pid)) || '/',
      cpu: age > 0 ? Math.round((ticks / TICKS / age) * 1000) / 10 : 0,
      rss: Number(stat[21]) * PAGE,
      listen_sockets: sockets
        .filter((socket) => socket.pid === entry.pid)
        .map((socket) => ({ proto: 'tcp', address: `${socket.address}:${socket.port}` })),
    };
  });
}

function readDirectory(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return '';
  }
}

async function describeWithPs(entries: ProcessEntry[], shown: (text: string) => string): Promise<MachineProcess[]> {
  if (entries.length === 0) return [];
  const pids = entries.map((entry) => entry.pid).join(',');
  const { stdout } = await promisify(execFile)('ps', ['-o', 'pid=,pcpu=,rss=,command=', '-p', pids]);
  return stdout
    .split('\n')
    .map((line) => /^\s*(\d+)\s+([\d.]+)\s+(\d+)\s+(.*)$/.exec(line))
    .filter((match) => match !== null)
    .map((match) => ({
      pid: Number(match[1]),
      stime: 0,
      rtime: 0,
      command: shown(match[4] ?? ''),
      directory: '/',
      cpu: Number(match[2]),
      rss: Number(match[3]) * 1024,
      listen_sockets: [],
    }));
}
