import type { ServerChannel, Session } from 'ssh2';
import { createChannelOutput } from './channel-output.js';
import type { Forwarding } from './forwarding.js';
import { serveSftp } from './sftp-server.js';
import type { SftpPaths } from './sftp-paths.js';
import type { ShellProcess, ShellRequest, SshShell } from './shell.js';

/** What a session may be connected to. */
export interface SessionServices {
  shell: SshShell;
  /** Files for the `sftp` subsystem; without them the subsystem is refused. */
  sftp?: SftpPaths;
  /** Names of the variables that a client may set. Default: those that Debian's sshd admits, and a few more. */
  variables?: RegExp;
}

/** Variables a client may set, as Debian's sshd admits them, and what terminals and test runners send besides. */
const ADMITTED_VARIABLE = /^(?:LANG|LC_[A-Z]+|TERM|COLORTERM|NO_COLOR|FORCE_COLOR|TZ)$/;

/** Serves one session channel. `hangUp` is for a connection that is gone: the process group gets HUP. */
export function serveSession(
  session: Session,
  services: SessionServices,
  forwarding: Pick<Forwarding, 'agentSocket'>,
  user: string,
): { hangUp(): void } {
  const env: Record<string, string> = {};
  let pty: ShellRequest['pty'] = null;
  let running: ShellProcess | null = null;
  let hangUp = (): void => {};

  session.on('env', (accept, reject, info) => {
    if (!(services.variables ?? ADMITTED_VARIABLE).test(info.key)) return reject?.();
    env[info.key] = info.val;
    accept?.();
  });
  session.on('auth-agent', (accept, reject) => {
    const socket = forwarding.agentSocket();
    if (socket === null) return reject?.();
    env.SSH_AUTH_SOCK = socket;
    accept?.();
  });
  session.on('pty', (accept, _reject, info) => {
    pty = { term: info.term || 'xterm', ...windowSize(info) };
    accept?.();
  });
  session.on('window-change', (accept, _reject, info) => {
    const size = windowSize(info);
    if (pty) pty = { ...pty, ...size };
    running?.resize(size);
    accept?.();
  });
  session.on('signal', (accept, _reject, info) => {
    running?.signal(info.name.replace(/^SIG/, ''));
    accept?.();
  });
  // ssh2's server stops listening to requests when the client's input ends; SSH allows them until the channel is closed, and
  // whoever runs a command with no input still wants to interrupt it.
  session.on('eof', () => Object.assign(session, { _ending: false }));

  const run = (channel: ServerChannel, command: string | null): void => {
    let started: ShellProcess;
    try {
      started = services.shell.open({ user, command, pty, env: { ...env } });
    } catch (error) {
      channel.stderr.write(`${error instanceof Error ? error.message : String(error)}\r\n`);
      channel.exit(1);
      channel.end();
      channel.resume();
      return;
    }
    running = started;
    hangUp = attachProcess(channel, started);
  };
  // A channel must be accepted at once: an end of file that arrives first would close the session.
  session.on('shell', (accept) => run(accept(), null));
  session.on('exec', (accept, _reject, info) => run(accept(), info.command));
  session.on('subsystem', (accept, reject, info) => {
    if (info.name !== 'sftp' || !services.sftp) return reject();
    const channel = accept();
    const served = serveSftp(channel, services.sftp);
    hangUp = () => served.close();
  });
  session.once('close', () => hangUp());
  return { hangUp: () => hangUp() };
}

/** Connects a channel with a process. Returns what to do when the client has gone. */
function attachProcess(channel: ServerChannel, child: ShellProcess): () => void {
  const output = createChannelOutput(channel);
  let over = false;

  channel.pipe(child.stdin);
  channel.on('error', () => {});
  child.stdin.on('error', () => {});
  // A process that stopped reading must not hold back the client: what it sends is dropped.
  child.stdin.once('close', () => {
    channel.unpipe(child.stdin);
    channel.resume();
  });

  const copied = Promise.all([
    output.copy(child.stdout, channel),
    output.copy(child.stderr, channel.stderr),
    child.exited,
  ]);
  void copied.then(([, , exit]) => {
    if (over) return;
    over = true;
    reportExit(channel, exit);
    channel.end();
    channel.unpipe(child.stdin);
    channel.resume();
  });

  return () => {
    if (over) return;
    over = true;
    output.abandon();
    child.hangUp();
    child.stdin.destroy();
    child.stdout.destroy();
    child.stderr.destroy();
    channel.resume();
  };
}

function reportExit(channel: ServerChannel, exit: Awaited<ShellProcess['exited']>): void {
  if (exit.signal === null) {
    channel.exit(exit.code ?? 255);
    return;
  }
  try {
    channel.exit(exit.signal, false, '');
  } catch {
    // Only the signals of RFC 4254 have a name on the wire.
    channel.exit(255);
  }
}

/** A client without a terminal size sends zeros. */
function windowSize(info: { cols: number; rows: number }): { columns: number; rows: number } {
  return { columns: clampCells(info.cols, 80), rows: clampCells(info.rows, 24) };
}

function clampCells(cells: number, fallback: number): number {
  return Number.isInteger(cells) && cells > 0 ? Math.min(cells, 10_000) : fallback;
}
