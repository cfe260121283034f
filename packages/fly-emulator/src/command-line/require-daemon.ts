import type { Command } from '@oclif/core/command';
import { daemonDirectory } from '../daemon/daemon-directory.js';
import type { DaemonInfo } from '../daemon/daemon-file.js';
import { runningDaemon } from '../daemon/start-daemon.js';
import { unknownDaemon, unknownDaemonText } from '../daemon/unknown-daemon.js';

/** The running background emulator; ends the command with one sentence when there is none. */
export async function requireDaemon(command: Command, stateDir: string | undefined): Promise<DaemonInfo> {
  const directory = stateDir ?? daemonDirectory(process.env);
  const info = await runningDaemon(directory);
  if (info !== null) return info;
  const { bin } = command.config;
  const unknown = unknownDaemon(directory);
  return command.error(
    unknown === null
      ? `The local emulator does not run. Start it: ${bin} emulator start`
      : unknownDaemonText(unknown, bin),
    { exit: 3 },
  );
}
