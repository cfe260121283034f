import type { Environment } from '@sindri/core';
import { core } from '../lazy.js';

/** No installation takes longer, and nobody pays for one that hangs for more than that. */
export const LONGEST_INSTALLATION_MS = 4 * 60 * 60_000;

/**
 * Notes on this computer that a deploy waits for the extensions of an environment, until they are installed. One that was cut off has left
 * its note, and the next deploy goes on with the wait, also when it changes nothing; without a note it need not look inside.
 */
export function installationNote({ stateDir, provider, spec }: Pick<Environment, 'stateDir' | 'provider' | 'spec'>) {
  const name = `installations/${provider.name}/${spec.name}.json`;
  const files = () => core().createFileStore(stateDir);
  // It only spares a look, or a wait: where it cannot be kept, nothing else suffers.
  const ignore = () => undefined;
  return {
    write: async (now: number): Promise<void> => {
      await files().writeJson(name, { since: now }).catch(ignore);
    },
    delete: async (): Promise<void> => {
      await files().delete(name).catch(ignore);
    },
    /** Whether an installation may still be going on. */
    async isThere(now: number): Promise<boolean> {
      const note = await files().readJson(name).catch(ignore);
      const since = (note as { since?: unknown } | null | undefined)?.since;
      return typeof since === 'number' && now - since < LONGEST_INSTALLATION_MS;
    },
  };
}
