import { randomBytes } from 'node:crypto';
import { proofOf } from '../admin/admin-secret.js';
import { startFlyEmulator } from '../emulator.js';
import { removeDaemonFile, writeDaemonFile, type DaemonInfo } from './daemon-file.js';

/** What the background process is told, as JSON in its only argument. No secrets. */
export interface DaemonSettings {
  directory: string;
  runtime: 'simulated' | 'processes';
  /** 0 = any. */
  port: number;
  idleTimeoutMs?: number;
  seed?: number;
  rateLimits?: boolean;
}

/**
 * Clients of a real platform ask for `started` a moment after their create and find it, even when the program has ended by
 * then; flyctl asks for minutes when the machine has come and gone before its question. Fly takes longer than this.
 */
const SHORTEST_RUN_MS = 1000;

/** What it tells its starter, once. */
export interface DaemonMessage {
  ready?: DaemonInfo;
  failed?: string;
}

/**
 * Runs an emulator until this process is told to end. Resolves when it listens and the daemon file is written; calls `onEnd`
 * once everything is stopped.
 */
export async function runDaemon(settings: DaemonSettings, onEnd: () => void): Promise<DaemonInfo> {
  const { directory, ...options } = settings;
  // A log on a full disk, or a terminal that went away, is no reason to end.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  const emulator = await startFlyEmulator({
    ...options,
    stateDir: directory,
    latency: { shortestRunMs: SHORTEST_RUN_MS },
    settings: { unknownOrganizations: 'made' },
  });
  const challenge = randomBytes(16).toString('base64url');
  const info: DaemonInfo = {
    pid: process.pid,
    url: emulator.url,
    runtime: settings.runtime,
    env: emulator.env,
    secret: emulator.adminSecret,
    greeting: { challenge, proof: proofOf(emulator.adminSecret, challenge) },
    startedAt: new Date().toISOString(),
  };
  try {
    writeDaemonFile(directory, info);
  } catch (error) {
    // Nobody would find it: its machines must not stay behind.
    await emulator.stop();
    throw error;
  }
  let ending = false;
  const end = (): void => {
    if (ending) return;
    ending = true;
    removeDaemonFile(directory);
    emulator.stop().then(onEnd, (error: unknown) => {
      report(error);
      onEnd();
    });
  };
  for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(name, end);
  return info;
}

/** Into the daemon's log file; in the foreground to the terminal. */
function report(error: unknown): void {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
}

/** The background process itself: settings in the first argument, one message to whoever started it. */
export function main(): void {
  runDaemon(JSON.parse(process.argv[2] ?? '{}') as DaemonSettings, () => process.exit(0)).then(
    (ready) => process.send?.({ ready } satisfies DaemonMessage),
    (error: unknown) => {
      report(error);
      const failed = error instanceof Error ? error.message : String(error);
      process.send?.({ failed } satisfies DaemonMessage, () => process.exit(1));
    },
  );
}

if (require.main === module) main();
