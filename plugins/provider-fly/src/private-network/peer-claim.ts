import { randomBytes } from 'node:crypto';
import { readFileSync, readlinkSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { link, mkdir, readFile, rename, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

/** What says that this process, and no other, uses something. */
export interface Claim {
  release(): void;
}

/** A claim is touched this often while it is held. Milliseconds. */
const BEAT_MS = 15_000;
/** One whose holder cannot be looked for from here is over when it was not touched for so long. */
const SILENT_MS = 60_000;

/** Claims `file` for this process. Resolves with `null` when another one that lives has it. */
export async function takeClaim(file: string, beatMs = BEAT_MS): Promise<Claim | null> {
  if (!(await take(file))) return null;
  note(file, beatMs);
  return {
    // At once, for the process may be about to exit.
    release() {
      drop(file);
      remove(file);
    },
  };
}

/** Whether a living process has claimed `file`. */
export async function isClaimed(file: string): Promise<boolean> {
  return lives(file, await textOf(file));
}

/**
 * The claims of this process, which go with it. One that stays names a process that is gone, and another may get its number soon: in a
 * container all numbers are small.
 */
const claims = new Map<string, NodeJS.Timeout>();

function note(file: string, beatMs: number): void {
  if (claims.size === 0) process.on('exit', dropAll);
  claims.set(file, setInterval(() => touch(file), beatMs).unref());
}

function drop(file: string): void {
  clearInterval(claims.get(file));
  claims.delete(file);
  if (claims.size === 0) process.off('exit', dropAll);
}

function dropAll(): void {
  for (const file of claims.keys()) remove(file);
}

/** It may be another's by now, who thought us gone. */
function remove(file: string): void {
  try {
    if (readFileSync(file, 'utf8') === ourselves()) rmSync(file);
  } catch {
    // Whoever finds it sees that this process is gone, or that it has let go.
  }
}

function touch(file: string): void {
  const now = new Date();
  try {
    utimesSync(file, now, now);
  } catch {
    // The directory was removed under us.
  }
}

async function take(file: string): Promise<boolean> {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  if (create(file)) return true;
  const holder = await textOf(file);
  if (await lives(file, holder)) return false;
  // Of several who see that the holder is gone, one gets its file out of the way.
  const aside = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    await rename(file, aside);
  } catch {
    return create(file);
  }
  const moved = await textOf(aside);
  // Somebody was quicker, and this is his: he gets it back.
  if (moved !== holder) await link(aside, file).catch(() => undefined);
  await rm(aside, { force: true });
  return moved === holder && create(file);
}

function create(file: string): boolean {
  try {
    // At once: the threads that would wait for it take longer to start than it to be written.
    writeFileSync(file, ourselves(), { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function textOf(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => '');
}

/**
 * A process is known by its number, by when it began, and by where these hold: two containers that share a home directory number their
 * processes alike, and so do two computers.
 */
function ourselves(): string {
  return (identity ??= [process.pid, startOf(process.pid), place()].join(' '));
}

let identity: string | undefined;

async function lives(file: string, claim: string): Promise<boolean> {
  const [number, start, where] = claim.split(' ');
  const pid = Number(number);
  if (!Number.isInteger(pid) || pid <= 0) return false;
  if (where === place()) return isAlive(pid) && start === startOf(pid);
  const touched = await stat(file).catch(() => null);
  return touched !== null && Date.now() - touched.mtimeMs < SILENT_MS;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** In ticks since the system was booted (proc_pid_stat(5), field 22). Only Linux tells. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '-';
  } catch {
    return '-';
  }
}

/** One boot of one computer, and on Linux the namespace of its process numbers. */
function place(): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
    return `${boot}/${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return encodeURIComponent(os.hostname());
  }
}
