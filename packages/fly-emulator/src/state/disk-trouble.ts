/** Tells whoever runs the emulator of a disk that cannot be written to: once when it begins, once when it is over. */
export interface DiskTrouble {
  /** Runs `write`; a failure is told and swallowed. Returns whether it went well. */
  attempt(what: string, write: () => void): boolean;
  failed(what: string, error: unknown): void;
  worked(what: string): void;
}

/** @param tell one line for the emulator's own log */
export function createDiskTrouble(tell: (line: string) => void, now: () => number = Date.now): DiskTrouble {
  const failing = new Map<string, { since: number; reason: string }>();
  const failed: DiskTrouble['failed'] = (what, error) => {
    if (failing.has(what)) return;
    const reason = (error as Error | null)?.message ?? String(error);
    failing.set(what, { since: now(), reason });
    tell(`The emulator cannot write its ${what}: ${reason}. It goes on and keeps trying.`);
  };
  const worked: DiskTrouble['worked'] = (what) => {
    const trouble = failing.get(what);
    if (!trouble || !failing.delete(what)) return;
    // The log may be on the same disk: then the beginning could not be told.
    const since = new Date(trouble.since).toISOString();
    tell(`The emulator writes its ${what} again. It could not since ${since}: ${trouble.reason}.`);
  };
  return {
    failed,
    worked,
    attempt(what, write) {
      try {
        write();
      } catch (error) {
        failed(what, error);
        return false;
      }
      worked(what);
      return true;
    },
  };
}
