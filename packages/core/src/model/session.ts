import type { Readable, Writable } from 'node:stream';

/**
 * `command`: a process without a terminal, be it a command or a login shell that reads its input from a pipe. `terminal`: a
 * login shell in a terminal. A command in a terminal needs both.
 */
export type SessionMode = 'command' | 'terminal';

/** The process to start, and the terminal it gets. */
export interface SessionRequest {
  /** A command line for the environment's login shell; absent = that shell itself. */
  command?: string;
  /** Absent = no terminal: stdout and stderr stay apart and bytes are not changed. */
  terminal?: TerminalSize & { type: string };
  /** Environment variables for the process; the environment may refuse some. */
  env?: Record<string, string>;
  /**
   * The socket of an SSH agent on this computer that the process may use as `SSH_AUTH_SOCK`, as `ssh -A` does. Only where the provider says
   * `forwardsAgent`. Whoever is root inside can use the agent for as long as the session lasts.
   */
  forwardAgent?: string;
  /** The name of one of the provider's connection methods. Absent = `auto`: the provider chooses. */
  method?: string;
  /** One of {@link EnvironmentSummary.instances}; absent = the only one, or the first that runs. One that is not there is refused. */
  instance?: string;
}

/** In characters. */
export interface TerminalSize {
  columns: number;
  rows: number;
}

/** A process in the environment. */
export interface Session {
  readonly stdin: Writable;
  readonly stdout: Readable;
  /** Empty when the session has a terminal. */
  readonly stderr: Readable;
  /** Does nothing without a terminal. */
  resize(size: TerminalSize): void;
  /**
   * Delivers a signal by name without `SIG`: `INT`, `TERM`. A platform without a request for it runs `kill` inside. Does nothing
   * once the process has ended.
   */
  signal(name: string): void;
  /** Settles once the process has ended and its output was delivered. Rejects with kind `transport` when the way broke. */
  readonly exited: Promise<SessionExit>;
  /** Ends the session without waiting for the process, which hears a hangup and is not left behind. Safe to repeat. */
  close(): void;
}

/** Exactly one of the two is not `null`. A platform that knows only numbers reports a signal as a code above 128. */
export interface SessionExit {
  code: number | null;
  /** Without `SIG`. */
  signal: string | null;
}

/** A command to be run to its end. */
export interface ExecRequest {
  /** Program and arguments; no shell in between. */
  command: string[];
  stdin?: string;
  /** Rejects with kind `incomplete` when the command takes longer, in ms; absent = the platform's own limit. */
  timeoutMs?: number;
  /** See {@link SessionRequest.instance}. */
  instance?: string;
}

/** How a command ended, with what it wrote. */
export interface ExecResult {
  exitCode: number;
  stdout: string;
  stderr: string;
  /** True when the platform cut the output: at least the first 64 KiB of each stream are always here. Absent = not cut. */
  truncated?: boolean;
}

/** Where a byte stream is to lead. */
export interface DialRequest {
  /** TCP port inside the environment. */
  port: number;
  /** See {@link SessionRequest.method}. */
  method?: string;
  /** See {@link SessionRequest.instance}. */
  instance?: string;
  /** More streams follow until this is aborted: a provider may keep open till then what leads there. Absent = this one alone is wanted. */
  until?: AbortSignal;
}

/**
 * How any SSH client reaches the environment. Either `addresses` has at least one entry, or `proxyCommand` is there, or the provider opens
 * the stream itself (`sshStream`); with an address as well, these are for clients that no address serves.
 */
export interface SshTarget {
  user: string;
  /**
   * What leads to the SSH server of this very instance where others answer on the same addresses, and a client of its own might meet any of
   * them: a request for `dial`. A host that can takes it rather than an address. Absent = the addresses are its own.
   */
  dial?: { port: number; instance: string };
  /** Candidates in the order of preference. */
  addresses: { host: string; port: number; note?: string }[];
  /** A program with its arguments whose stdin and stdout are the connection, as `ProxyCommand` of OpenSSH wants it. */
  proxyCommand?: readonly string[];
  /** Pinned public host keys, each `ssh-ed25519 AAAA…`. Never empty: without a known host key there is no target. */
  hostKeys: string[];
  /** The private key that fits, `null` when it lives in an agent only. */
  identityFile: string | null;
  /** A name under which known_hosts keeps the keys, equal for all addresses. */
  hostKeyAlias: string;
  /** The directory inside in which a person works: what editors open. Absent = nothing is known about it. */
  directory?: string;
}

/** Which lines to read. */
export interface LogRequest {
  /** Keep waiting for new lines. */
  follow: boolean;
  /** Only lines at or after this time, ms since the epoch. */
  sinceMs?: number;
  /** At most N of the newest lines before following. */
  tail?: number;
  /** Only lines of this one, see {@link SessionRequest.instance}; absent = all. */
  instance?: string;
}

/** One line of what an environment wrote. */
export interface LogLine {
  /** ISO 8601. */
  timestamp: string;
  /** Who wrote it: `app`, `runner`, `proxy`. */
  source: string;
  level: string;
  /** The machine, container or pod. */
  instance: string;
  message: string;
}
