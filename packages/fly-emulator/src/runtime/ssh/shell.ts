import type { Readable, Writable } from 'node:stream';

/** What stands behind an SSH session: real programs, or scripted answers. The endpoint knows only this. */
export interface SshShell {
  /**
   * Starts a login shell (`command` is `null`) or one command. With `pty` the process gets a terminal of that size, and all its
   * output comes on `stdout`. Throws with a message for the person at the other end when it cannot.
   */
  open(request: ShellRequest): ShellProcess;
}

export interface ShellRequest {
  /** Who has logged in. */
  user: string;
  command: string | null;
  pty: { term: string; columns: number; rows: number } | null;
  /** Variables that the client sent and the endpoint admits. */
  env: Record<string, string>;
}

/** A running shell or command. */
export interface ShellProcess {
  /** Ending it gives the process end of file. */
  stdin: Writable;
  stdout: Readable;
  stderr: Readable;
  resize(size: { columns: number; rows: number }): void;
  /** Sends a signal (`INT`, `HUP`) to the whole process group. Unknown names and ended processes are ignored. */
  signal(name: string): void;
  /** Whoever was at the other end has gone: `HUP`, once. Ended processes are ignored. */
  hangUp(): void;
  /** Resolves when the process itself has ended; its output may still be on the way. Never rejects. */
  exited: Promise<ShellExit>;
}

/** Exactly one of the two is set. The signal comes without `SIG`. */
export interface ShellExit {
  code: number | null;
  signal: string | null;
}
