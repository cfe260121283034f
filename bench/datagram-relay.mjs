// A UDP relay on loopback that makes the way to a port long: each datagram takes half a round trip. For one client; prints `{ port }`.
import dgram from 'node:dgram';

const [target, roundTripMs] = process.argv.slice(2).map(Number);
/** A burst of a fast sender must fit while it waits. */
const BUFFER_BYTES = 8 * 1024 * 1024;

const near = open();
const far = open();
let client;
/** What is on its way, in its order: one timer for all, because each of its own would be dearer than what it carries. */
const underway = [];
let timer;

near.on('message', (datagram, from) => {
  client = from;
  delay(() => far.send(datagram, target, '127.0.0.1'));
});
far.on('message', (datagram) => delay(() => near.send(datagram, client.port, client.address)));
near.bind(0, '127.0.0.1', () => console.log(JSON.stringify({ port: near.address().port })));
far.bind(0, '127.0.0.1');

function open() {
  return dgram.createSocket({ type: 'udp4', recvBufferSize: BUFFER_BYTES, sendBufferSize: BUFFER_BYTES });
}

function delay(pass) {
  underway.push({ at: performance.now() + roundTripMs / 2, pass });
  timer ??= setTimeout(arrive, roundTripMs / 2);
}

function arrive() {
  const now = performance.now();
  const waiting = underway.findIndex(({ at }) => at > now);
  for (const { pass } of underway.splice(0, waiting < 0 ? underway.length : waiting)) pass();
  timer = underway.length === 0 ? undefined : setTimeout(arrive, underway[0].at - now);
}
