/**
 * One way to reach an environment, as data: help, completion and errors of the commands that connect list what the provider
 * has. The names `auto` (the provider chooses) and `api` (through `exec`) are core's.
 */
export interface ConnectionMethod {
  /** What people type after `--method`: `direct`. `^[a-z][a-z0-9-]*$`. */
  readonly name: string;
  /** One line for help: `SSH to the dedicated address`. */
  readonly title: string;
  /** What must be in place for it, as a phrase: `a dedicated IPv4`. `null` when nothing special is needed. */
  readonly needs: string | null;
}

/** Whether a connection method can work now. */
export interface ConnectionState {
  /** The name of a {@link ConnectionMethod}. */
  method: string;
  /** Why it cannot work now, in one sentence with the remedy. `null` when nothing stands in its way. */
  unavailable: string | null;
}
