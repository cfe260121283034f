import { mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import type { Duplex } from 'node:stream';
import type { MachineSockets } from '../ssh/machine-sockets.js';
import type { SftpPaths } from '../ssh/sftp-paths.js';

/** Below it only root may listen, and the machine's user is not root. */
const FIRST_FREE_PORT = 1024;

/** Sockets of a machine made of processes: ports of this computer's loopback interface, sockets in the machine's directories. */
export function createProcessSockets(paths: SftpPaths): MachineSockets {
  return {
    async connectSocket(guestPath) {
      return dialSocket(await paths.admit(guestPath, true));
    },
    async listenPort(port, onConnection) {
      if (port !== 0 && port < FIRST_FREE_PORT) throw new Error(`port ${port} is privileged`);
      const server = net.createServer(ENDS_APART, (socket) =>
        onConnection(socket, { address: socket.remoteAddress ?? '127.0.0.1', port: socket.remotePort ?? 0 }),
      );
      await listening(server, () => server.listen(port, '127.0.0.1'));
      return { port: (server.address() as net.AddressInfo).port, close: () => server.close() };
    },
    async listenSocket(guestPath, onConnection) {
      const place = await paths.admit(guestPath, false);
      const server = net.createServer(ENDS_APART, (socket: Duplex) => onConnection(socket));
      await listening(server, () => server.listen(place));
      return { close: () => server.close() };
    },
    openAgentSocket(onConnection) {
      // As sshd does it: a directory of its own, because paths of sockets must be short.
      const directory = mkdtempSync(path.join(os.tmpdir(), 'ssh-'));
      const place = path.join(directory, 'agent');
      const server = net.createServer(ENDS_APART, (socket: Duplex) => onConnection(socket));
      server.on('error', () => undefined);
      server.listen(place);
      return {
        path: place,
        close() {
          server.close();
          rmSync(directory, { recursive: true, force: true });
        },
      };
    },
  };
}

const ENDS_APART = { allowHalfOpen: true } as const;

function listening(server: net.Server, listen: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.once('listening', () => {
      server.off('error', reject);
      server.on('error', () => undefined);
      resolve();
    });
    listen();
  });
}

function dialSocket(place: string): Promise<net.Socket> {
  return new Promise((resolve, reject) => {
    const socket = net.connect({ path: place, allowHalfOpen: true });
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      resolve(socket);
    });
  });
}
