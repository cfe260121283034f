import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type Clock, systemClock } from '../clock.js';
import type { Endpoint, ReceiveDatagram } from './endpoint.js';
import { acceptKey } from './websocket-client.js';
import { WebSocketLink } from './websocket-link.js';

/**
 * Takes a client whose request has come to the `upgrade` event of an HTTP server: `server.on('upgrade', (request, socket, head) =>
 * acceptWebSocket(request, socket, head, receive))`. Answers 400 to what is no WebSocket. Each client is an endpoint of its own.
 */
export function acceptWebSocket(
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  receive: ReceiveDatagram,
  clock: Clock = systemClock,
): void {
  const key = request.headers['sec-websocket-key'];
  socket.on('error', () => undefined);
  if (request.headers.upgrade?.toLowerCase() !== 'websocket' || key === undefined) {
    socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
    return;
  }
  (socket as Partial<Socket>).setNoDelay?.(true);
  const { remoteAddress = 'unknown', remotePort = 0 } = request.socket;
  socket.write(
    [
      'HTTP/1.1 101 Switching Protocols',
      'Upgrade: websocket',
      'Connection: Upgrade',
      `Sec-WebSocket-Accept: ${acceptKey(key)}`,
      '\r\n',
    ].join('\r\n'),
  );
  const link: WebSocketLink = new WebSocketLink(socket, {
    role: 'server',
    clock,
    random: randomBytes,
    receive: (datagram) => receive(datagram, endpoint),
    closed: () => undefined,
  });
  const endpoint: Endpoint = {
    name: `${remoteAddress}:${remotePort}`,
    get isCongested() {
      return link.isCongested;
    },
    send: (parts) => link.send(parts),
    close: () => link.close(),
  };
  link.unshift(head);
}
