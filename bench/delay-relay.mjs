// A TCP relay on loopback that makes the way to a server long: each byte takes half a round trip, a new connection a whole one.
import net from 'node:net';

/**
 * Starts a relay to `target` (a URL). Returns its own URL, how many connections were made, how long it was from the first of them to the
 * last byte that was delivered, and how to end it.
 */
export async function startDelayRelay(target, roundTripMs) {
  const sockets = new Set();
  let connections = 0;
  let firstAt = 0;
  let lastAt = 0;
  const server = net.createServer({ noDelay: true }, (near) => {
    connections += 1;
    if (connections === 1) firstAt = performance.now();
    const far = net.connect({ port: Number(target.port), host: target.hostname, noDelay: true });
    const openAt = performance.now() + roundTripMs;
    pass(near, far, () => Math.max(0, openAt - performance.now()) + roundTripMs / 2);
    pass(far, near, () => roundTripMs / 2);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    connections: () => connections,
    busyMs: () => Math.round(lastAt - firstAt),
    stop() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };

  function pass(from, to, delayMs) {
    sockets.add(from);
    from.on('data', (bytes) =>
      setTimeout(() => {
        to.write(bytes);
        lastAt = performance.now();
      }, delayMs()),
    );
    from.on('error', () => undefined);
    from.on('close', () => {
      sockets.delete(from);
      setTimeout(() => to.destroy(), delayMs());
    });
  }
}
