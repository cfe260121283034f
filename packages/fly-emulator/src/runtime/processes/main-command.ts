import { existsSync, promises as fs } from 'node:fs';
import path from 'node:path';
import type { MachineConfigView } from '../machine-runtime.js';
import type { MachinePlaces } from './machine-root.js';

/**
 * The command a machine's configuration gives for its main process, or `null` when the image decides: then the machine behaves
 * as the Sindri image does. That image's entrypoint does not interpret arguments, so `cmd` alone changes nothing for it.
 */
export function configuredCommand(config: MachineConfigView): string[] | null {
  const { exec, entrypoint, cmd } = config.init ?? {};
  if (exec?.length) return exec;
  if (entrypoint?.length) return [...entrypoint, ...(cmd ?? [])];
  if (cmd?.length && !isSindriImage(config.image)) return cmd;
  return null;
}

/** Programs that the machine's own files bring come before this computer's. */
export function resolveProgram(command: string[], places: MachinePlaces): { file: string; args: string[] } {
  const [file = '', ...args] = command;
  const own = places.inside(file);
  return { file: file.startsWith('/') && existsSync(own) ? own : file, args };
}

/**
 * Stands in for the image's entrypoint: lives until it is told to stop. Its input ends with the emulator, so it never outlives
 * it, however the emulator ends.
 */
export async function writeEntrypoint(places: MachinePlaces): Promise<string> {
  const file = places.inside('/docker/scripts/entrypoint.sh');
  await fs.mkdir(path.dirname(file), { recursive: true });
  await fs.writeFile(file, "#!/bin/sh\ntrap 'exit 0' INT TERM QUIT HUP\nwhile read -r _; do :; done\n", {
    mode: 0o755,
  });
  return file;
}

function isSindriImage(image: string): boolean {
  const repository = image.replace(/@.*$/, '').replace(/:[^/:]*$/, '');
  return repository.slice(repository.lastIndexOf('/') + 1).includes('sindri');
}
