import type { ErrorKind } from '@sindri/core';

/** The one table of exit statuses. `connect` and `exec` return the remote status instead, once there is one. */
export const exitCodes = {
  done: 0,
  /** A bug, ours or a provider's. */
  unexpected: 1,
  usage: 2,
  refused: 3,
  auth: 4,
  /** Timed out, locked, unreachable, or the outcome is unknown: running again continues. */
  incomplete: 5,
  policy: 6,
  /** Only with `plan --detailed-exitcode`. */
  changesToMake: 10,
  interrupted: 130,
  /** The reader of our output has gone, as a shell reports it for SIGPIPE. */
  brokenPipe: 141,
  /** `connect` and `exec`: the way to the environment broke. What ssh returns. */
  connectionLost: 255,
} as const;

const byKind: Record<ErrorKind, number> = {
  usage: exitCodes.usage,
  refused: exitCodes.refused,
  auth: exitCodes.auth,
  incomplete: exitCodes.incomplete,
  policy: exitCodes.policy,
  cancelled: exitCodes.interrupted,
  transport: exitCodes.incomplete,
  internal: exitCodes.unexpected,
};

/**
 * The exit status for an error of this kind. `remote`: the command's own status is that of a process in the environment, so a
 * broken connection must not look like one of its statuses.
 */
export function exitCodeOf(kind: ErrorKind, { remote = false }: { remote?: boolean } = {}): number {
  if (remote && kind === 'transport') return exitCodes.connectionLost;
  return byKind[kind] ?? exitCodes.unexpected;
}

/** The kind that an exit status stands for: for commands of plugins, which choose a status and nothing else. */
export function kindOfExit(exitCode: number): ErrorKind {
  const kinds: ErrorKind[] = ['usage', 'refused', 'auth', 'incomplete', 'policy', 'cancelled'];
  return kinds.find((kind) => byKind[kind] === exitCode) ?? 'internal';
}
