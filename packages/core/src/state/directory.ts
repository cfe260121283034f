import { isAbsolute, join } from 'node:path';
import { SindriError } from '../model/errors.js';

/**
 * Where Sindri keeps what survives between runs: `SINDRI_STATE_DIR`, else `XDG_STATE_HOME/sindri`, else
 * `HOME/.local/state/sindri` (`LOCALAPPDATA/sindri` on Windows). Throws `USAGE` when none of them is set.
 */
export function defaultStateDir(env: Readonly<Record<string, string | undefined>>): string {
  const { SINDRI_STATE_DIR, XDG_STATE_HOME, HOME, LOCALAPPDATA } = env;
  if (SINDRI_STATE_DIR) return SINDRI_STATE_DIR;
  // The XDG specification says that a relative path is to be ignored.
  if (XDG_STATE_HOME && isAbsolute(XDG_STATE_HOME)) return join(XDG_STATE_HOME, 'sindri');
  if (HOME) return join(HOME, '.local', 'state', 'sindri');
  if (LOCALAPPDATA) return join(LOCALAPPDATA, 'sindri');
  throw new SindriError({
    code: 'USAGE',
    kind: 'usage',
    message: 'There is no directory to keep state in: neither SINDRI_STATE_DIR nor HOME is set.',
    hint: 'Set SINDRI_STATE_DIR to a directory of yours.',
  });
}
