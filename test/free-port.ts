import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * A loopback port on which nothing listens at this moment. It lies below those that systems give to outgoing connections, one of which
 * could else have it by the time it is used.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(22_000, 32_000);
    const server = createServer().listen(port, '127.0.0.1');
    try {
      await once(server, 'listening');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') continue;
      throw error;
    }
    server.close();
    await once(server, 'close');
    return port;
  }
}
