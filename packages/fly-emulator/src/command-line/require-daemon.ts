import type { Command } from '@oclif/core/command';
import { daemonDirectory } from '../daemon/daemon-directory.js';
import type { DaemonInfo } from '../daemon/daemon-file.js';
import { runningDaemon } from '../daemon/start-daemon.js';

/** The running background emulator; ends the command with one sentence when there is none. */
export async function requireDaemon(command: Command, stateDir: string | undefined): Promise<DaemonInfo> {
  const info = await runningDaemon(stateDir ?? daemonDirectory(process.env));
  return (
    info ??
    command.error(`The local emulator does not run. Start it: ${command.config.bin} emulator start`, { exit: 3 })
  );
}
