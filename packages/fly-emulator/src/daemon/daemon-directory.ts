import path from 'node:path';

/**
 * Where the background emulator keeps its state: `emulator` below SINDRI_STATE_DIR, else below the XDG state directory, else
 * below `~/.local/state`.
 */
export function daemonDirectory(env: Readonly<Record<string, string | undefined>>): string {
  if (env.SINDRI_STATE_DIR) return path.resolve(env.SINDRI_STATE_DIR, 'emulator');
  const base = env.XDG_STATE_HOME || (env.HOME ? path.join(env.HOME, '.local', 'state') : undefined);
  if (base === undefined) throw new Error('no place for the state of the emulator: set SINDRI_STATE_DIR or HOME');
  return path.resolve(base, 'sindri', 'emulator');
}
