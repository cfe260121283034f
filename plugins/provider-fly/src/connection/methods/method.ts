import type { ConnectionMethod, ErrorKind, SshTarget } from '@sindri/core';
import type { openAddresses, SshAddress, StreamOpener } from '@sindri/ssh';
import type { SeenWays } from '../../planner/index.js';
import type { SshDestination } from '../ssh-destination.js';
import type { FlyErrorCode } from '../../fly-error.js';

/**
 * One way to the SSH server of a machine. Each is one file of this folder and one line in the list (`index.ts`); whatever
 * works over SSH stands on the byte stream and does not know which method opened it.
 */
export interface FlyConnectionMethod extends ConnectionMethod {
  /**
   * When `auto` tries it beside the others, in ms after the first; at once when those before it have failed. `null` = never: it only repeats
   * a part of another, or leads to something else.
   */
  readonly automaticAfterMs: number | null;
  /** Goes through Fly's edge, which wakes machines and needs nothing to be made. */
  readonly throughEdge: boolean;
  /** Logs in with a certificate that Fly issues, not with the caller's keys. Absent = with those. */
  readonly login?: 'certificate';
  /** Why it cannot work, by what was observed; `null` when nothing stands in its way. Pure. */
  unavailable(destination: SeenWays): Obstacle | null;
  /** Opens byte streams to the SSH server. Called only when nothing stands in its way. */
  open(destination: SshDestination, streams: Streams): StreamOpener;
  /** The addresses by which any SSH client gets there; empty where it takes more than an address. */
  clientAddresses(destination: SshDestination): SshTarget['addresses'];
}

/** What stands in the way of a method. */
export interface Obstacle {
  code: FlyErrorCode;
  kind: ErrorKind;
  /** A clause that can stand at the start of a sentence: `The app has no dedicated IPv4 address`. */
  reason: string;
  /** What to do, as a clause: `run `sindri deploy``. */
  remedy: string;
}

/** What opens streams. Passed in, so that the files of this folder do no I/O of their own. */
export interface Streams {
  openAddresses: typeof openAddresses;
  /** The same inside TLS, for the name of the app. */
  openTls(addresses: readonly SshAddress[]): StreamOpener;
  /** To a port of the machine's private address. */
  openInside(port: number): StreamOpener;
}
