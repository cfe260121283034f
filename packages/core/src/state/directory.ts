import { isAbsolute, join } from 'node:path';
import { homeDirectory } from '../home-directory.js';

/**
 * Where Sindri keeps what survives between runs: `SINDRI_STATE_DIR`, else `XDG_STATE_HOME/sindri`, else
 * `LOCALAPPDATA/sindri` where only Windows' own variables are set, else `.local/state/sindri` in the home directory.
 */
export function defaultStateDir(env: Readonly<Record<string, string | undefined>>): string {
  const { SINDRI_STATE_DIR, XDG_STATE_HOME, HOME, LOCALAPPDATA } = env;
  if (SINDRI_STATE_DIR) return SINDRI_STATE_DIR;
  // The XDG specification says that a relative path is to be ignored.
  if (XDG_STATE_HOME && isAbsolute(XDG_STATE_HOME)) return join(XDG_STATE_HOME, 'sindri');
  if (!HOME && LOCALAPPDATA) return join(LOCALAPPDATA, 'sindri');
  return join(homeDirectory(env), '.local', 'state', 'sindri');
}
