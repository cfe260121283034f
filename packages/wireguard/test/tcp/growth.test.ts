import { receive } from '../support/transfer.js';
import { dial } from '../support/connections.js';
import { createPair } from '../support/pair.js';

/** Set to more for a longer run. */
const CONNECTIONS = Number(process.env['SINDRI_CONNECTIONS'] ?? 1_000);

test('many connections are opened and closed, and nothing stays', async () => {
  const pair = createPair();
  pair.right.network.listen({ port: 7 }, (incoming) => {
    const server = incoming.accept();
    server.on('error', () => undefined);
    server.pipe(server);
  });
  for (let count = 0; count < CONNECTIONS; count += 1) {
    const client = await dial(pair, 7);
    const received = receive(client);
    if (count % 10 === 3) client.resetAndDestroy();
    else client.end('hello');
    if (count % 100 === 99) await pair.clock.until(() => received.isClosed, 1_000);
  }
  await pair.clock.advance(3_000);
  expect(pair.left.network.tcp.size).toBe(0);
  expect(pair.right.network.tcp.size).toBe(0);
  // What is left are the timers of the two peers.
  expect(pair.clock.pending).toBeLessThan(15);
  pair.close();
  expect(pair.clock.pending).toBe(0);
});
