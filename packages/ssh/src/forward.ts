import type { Duplex } from 'node:stream';
import { portNotListening, type SindriError } from '@sindri/core';
import type { Client } from 'ssh2';
import { duplexOver } from './channel-streams.js';
import { channelRefused, closed } from './errors.js';
import type { Link } from './link.js';

/** Opens a byte stream to `host:port` as the server sees it (`direct-tcpip`). */
export function openForward(client: Client, host: string, port: number, link: Link): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    try {
      client.forwardOut('127.0.0.1', 0, host, port, (error, channel) => {
        if (error === undefined || error === null) resolve(duplexOver(channel, () => link.broken()));
        else reject(link.broken() ?? refusal(host, port, link.where, error));
      });
    } catch (error) {
      reject(link.broken() ?? closed(`The connection to ${link.where} is closed.`, { cause: error }));
    }
  });
}

function refusal(host: string, port: number, where: string, error: Error): SindriError {
  const reason = (error as { reason?: unknown }).reason;
  // RFC 4254, section 5.1: 1 = administratively prohibited, 2 = connect failed.
  if (reason === 2) return portNotListening(port, { host, cause: error });
  return channelRefused(
    reason === 1
      ? `The SSH server at ${where} does not allow forwarding to ${host}:${port}.`
      : `The SSH server at ${where} refused to forward to ${host}:${port}: ${error.message}.`,
    error,
  );
}
