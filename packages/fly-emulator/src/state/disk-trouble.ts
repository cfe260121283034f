/** Tells whoever runs the emulator of a disk that cannot be written to: once when it begins, once when it is over. */
export interface DiskTrouble {
  /** Runs `write`; a failure is told and swallowed. Returns whether it went well. */
  attempt(what: string, write: () => void): boolean;
  failed(what: string, error: unknown): void;
  worked(what: string): void;
}

/** @param tell one line for the emulator's own log */
export function createDiskTrouble(tell: (line: string) => void): DiskTrouble {
  const failing = new Set<string>();
  const failed: DiskTrouble['failed'] = (what, error) => {
    if (failing.has(what)) return;
    failing.add(what);
    const reason = (error as Error | null)?.message ?? String(error);
    tell(`The emulator cannot write its ${what}: ${reason}. It goes on and keeps trying.`);
  };
  const worked: DiskTrouble['worked'] = (what) => {
    if (failing.delete(what)) tell(`The emulator writes its ${what} again.`);
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
