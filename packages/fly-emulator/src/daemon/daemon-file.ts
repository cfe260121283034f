import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { makePrivateDirectory } from '../private-directory.js';

/** What a running background emulator tells about itself. */
export interface DaemonInfo {
  pid: number;
  url: string;
  runtime: 'simulated' | 'processes';
  /** Variables that point any Fly client at it, a token among them. */
  env: Record<string, string>;
  /** Opens the emulator's own endpoints. */
  secret: string;
  /** By these two it is known again. Both are new with each start, and nobody else can read either. */
  greeting: Greeting;
  /** ISO 8601. */
  startedAt: string;
}

/** A challenge that nobody but the readers of this file has ever sent, and the emulator's answer to it. */
export interface Greeting {
  challenge: string;
  proof: string;
}

/** What of it may be shown to anybody. */
export function shownInfo({
  pid,
  url,
  runtime,
  startedAt,
}: DaemonInfo): Omit<DaemonInfo, 'env' | 'secret' | 'greeting'> {
  return { pid, url, runtime, startedAt };
}

const FILE_NAME = 'daemon.json';

/** The log file of the background emulator itself, not of its apps. */
export function daemonLogFile(directory: string): string {
  return path.join(directory, 'daemon.log');
}

/** What the last daemon wrote, running or not; `null` when there was none or the file cannot be understood. */
export function readDaemonFile(directory: string): DaemonInfo | null {
  try {
    const info = JSON.parse(readFileSync(path.join(directory, FILE_NAME), 'utf8')) as Partial<DaemonInfo>;
    const whole =
      typeof info.pid === 'number' &&
      typeof info.url === 'string' &&
      typeof info.env === 'object' &&
      typeof info.secret === 'string' &&
      typeof info.greeting?.challenge === 'string' &&
      typeof info.greeting.proof === 'string';
    return whole ? (info as DaemonInfo) : null;
  } catch {
    return null;
  }
}

/** The process that the last daemon was, whatever version of it wrote the file; `null` when that cannot be told. */
export function readDaemonPid(directory: string): number | null {
  try {
    const { pid } = JSON.parse(readFileSync(path.join(directory, FILE_NAME), 'utf8')) as { pid?: unknown };
    return typeof pid === 'number' && Number.isInteger(pid) && pid > 1 ? pid : null;
  } catch {
    return null;
  }
}

/** Atomic, and readable by this user only: it holds a token and the secret. Leaves nothing behind when it fails. */
export function writeDaemonFile(directory: string, info: DaemonInfo): void {
  makePrivateDirectory(directory);
  const fresh = path.join(directory, `${FILE_NAME}.${process.pid}`);
  try {
    writeFileSync(fresh, JSON.stringify(info, null, 2), { mode: 0o600 });
    renameSync(fresh, path.join(directory, FILE_NAME));
  } catch (error) {
    rmSync(fresh, { force: true });
    throw error;
  }
}

export function removeDaemonFile(directory: string): void {
  rmSync(path.join(directory, FILE_NAME), { force: true });
}
