import type { SindriError, Session, SessionExit, SessionRequest } from '@sindri/core';
import type { Client, ClientChannel, PseudoTtyOptions } from 'ssh2';
import { delivered, readFrom, writeTo } from './channel-streams.js';
import { channelRefused, closed } from './errors.js';
import type { Link } from './link.js';
import { closedByServer, sendSignal, sendWindowChange } from './ssh2-internals.js';
import { terminalModes } from './terminal-modes.js';
import { sshError } from './ssh-error.js';

/** The signals that SSH can carry (RFC 4254, section 6.10). */
const SIGNALS = new Set([
  'ABRT',
  'ALRM',
  'FPE',
  'HUP',
  'ILL',
  'INT',
  'KILL',
  'PIPE',
  'QUIT',
  'SEGV',
  'TERM',
  'USR1',
  'USR2',
]);

/** Opens a session channel and starts the shell or the command in it. */
export function openSession(client: Client, request: SessionRequest, link: Link): Promise<Session> {
  return new Promise((resolve, reject) => {
    const onChannel = (error: Error | undefined, channel: ClientChannel) => {
      if (error === undefined || error === null) {
        // Right here, not after an await: the first output may be in the packet that is being read.
        resolve(createSession(client, channel, request.terminal !== undefined, link));
      } else {
        reject(link.broken() ?? refusal(request, link.where, error));
      }
    };
    try {
      const env = request.env ?? {};
      const pty = request.terminal === undefined ? false : terminalOf(request.terminal);
      // ssh2 has it for single channels too, which its types do not tell.
      const options = { env, agentForward: request.forwardAgent !== undefined };
      if (request.command === undefined) client.shell(pty, options, onChannel);
      else if (pty === false) client.exec(request.command, options, onChannel);
      else client.exec(request.command, { ...options, pty }, onChannel);
    } catch (error) {
      reject(link.broken() ?? closed(`The connection to ${link.where} is closed.`, { cause: error }));
    }
  });
}

function refusal({ forwardAgent }: SessionRequest, where: string, error: Error): SindriError {
  if (forwardAgent !== undefined && /agent forwarding/.test(error.message)) {
    return channelRefused(`The server at ${where} does not let an SSH agent be forwarded.`, error);
  }
  return channelRefused(`The server at ${where} refused the session: ${error.message}.`, error);
}

function createSession(client: Client, channel: ClientChannel, terminal: boolean, link: Link): Session {
  let exit: SessionExit | null = null;
  let cutOff: Error | null = null;
  let over = false;
  const stdin = writeTo(channel);
  const stdout = readFrom(channel);
  const stderr = readFrom(channel.stderr);
  let settleExited: (error: Error | null) => void = () => undefined;
  const exited = new Promise<SessionExit>((resolve, reject) => {
    settleExited = (error) => {
      over = true;
      client.off('close', onConnectionClosed);
      if (error === null && exit !== null) resolve(exit);
      else reject(error ?? closed(`The session on ${link.where} ended without an exit status.`));
    };
  });
  // The caller may only be interested in the output; a rejection nobody looks at is no crash.
  exited.catch(() => undefined);

  channel.on('exit', (code: number | null, signal?: string) => {
    exit = code === null ? { code: null, signal: signalName(signal) } : { code, signal: null };
  });
  channel.once('close', () => {
    void Promise.all([delivered(stdout), delivered(stderr)]).then(() => settleExited(cutOff));
  });
  client.once('close', onConnectionClosed);

  return {
    stdin,
    stdout,
    stderr,
    exited,
    resize({ columns, rows }) {
      if (terminal && !over) sendWindowChange(channel, columns, rows);
    },
    signal(name) {
      const plain = name.toUpperCase().replace(/^SIG/, '');
      if (!SIGNALS.has(plain)) {
        throw sshError({ code: 'USAGE', kind: 'usage', message: `SSH cannot deliver the signal ${name}.` });
      }
      if (!over) sendSignal(channel, plain);
    },
    close() {
      if (over) return;
      channel.close();
      settleExited(closed('The session was closed.'));
      for (const stream of [stdin, stdout, stderr]) stream.destroy();
    },
  };

  function onConnectionClosed(): void {
    // After an orderly close the output may still be on its way to a slow reader: then nothing was lost.
    if (closedByServer(channel)) return;
    cutOff = link.broken() ?? closed(`The connection to ${link.where} ended before the session did.`);
    if (link.deliberate()) settleExited(cutOff);
  }
}

function terminalOf(terminal: NonNullable<SessionRequest['terminal']>): PseudoTtyOptions {
  return {
    // ssh2 counts characters where the protocol counts bytes.
    term: /^[\x21-\x7e]+$/.test(terminal.type) ? terminal.type : 'xterm-256color',
    cols: terminal.columns,
    rows: terminal.rows,
    width: 0,
    height: 0,
    // ssh2 takes encoded modes too, which its types do not tell; by name it does not know IUTF8.
    modes: terminalModes() as unknown as PseudoTtyOptions['modes'],
  };
}

function signalName(name: string | undefined): string {
  return (name ?? 'SIGUNKNOWN').replace(/^SIG/, '').replace(/@.*$/, '');
}
