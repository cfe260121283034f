import { homedir, userInfo } from 'node:os';
import path from 'node:path';

/**
 * Where the background emulator keeps its state: `emulator` below SINDRI_STATE_DIR, else below the XDG state directory, else
 * below `~/.local/state`. Where HOME is not set, `home` (what the system says of this user) is `~`.
 */
export function daemonDirectory(
  env: Readonly<Record<string, string | undefined>>,
  home: () => string = homeOfUser,
): string {
  if (env.SINDRI_STATE_DIR) return path.resolve(env.SINDRI_STATE_DIR, 'emulator');
  const directory = env.HOME || home();
  const base = env.XDG_STATE_HOME || (directory ? path.join(directory, '.local', 'state') : undefined);
  if (base === undefined) throw new Error('no place for the state of the emulator: set SINDRI_STATE_DIR or HOME');
  return path.resolve(base, 'sindri', 'emulator');
}

/** Not of `HOME`, which `homedir` returns also where it is empty. */
function homeOfUser(): string {
  try {
    return userInfo().homedir;
  } catch {
    // A user without an entry in the system's list.
    return homedir();
  }
}
