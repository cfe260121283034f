import { homedir, userInfo } from 'node:os';

/**
 * The home directory of this user: `HOME` (`USERPROFILE` on Windows), and where neither is set, as in a service or a container,
 * what the system knows of the user.
 */
export function homeDirectory({ HOME, USERPROFILE }: Readonly<Record<string, string | undefined>>): string {
  if (HOME) return HOME;
  if (USERPROFILE) return USERPROFILE;
  try {
    return userInfo().homedir;
  } catch {
    // A user without an entry in the system's list.
    return homedir();
  }
}
