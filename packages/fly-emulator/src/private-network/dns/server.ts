import type { IncomingConnection, Network } from '@sindri/wireguard';
import { decodeQuery, encodeAnswer, ResponseCode, UDP_BYTES, type Answer, type Question } from './message.js';

const PORT = 53;
/** A client that says nothing more does not hold its connection for longer. Milliseconds. */
const IDLE_MS = 30_000;

/** Answers questions at port 53 of `address`, by UDP and TCP. `from` is the address that asks. */
export function serveDns(
  network: Network,
  address: string,
  answer: (question: Question, from: string) => Answer,
): void {
  const reply = (message: Buffer, from: string, limit?: number): Buffer | null => {
    const query = decodeQuery(message);
    if (query === null) return null;
    const said = query.isServed ? answer(query.question, from) : { code: ResponseCode.notImplemented, values: [] };
    return encodeAnswer(query, said, limit);
  };
  const socket = network.bindUdp({ port: PORT, address });
  socket.on('message', (message, source) => {
    const answered = reply(message, source.address, UDP_BYTES);
    if (answered) socket.send(answered, source.port, source.address, source.localAddress);
  });
  network.listen({ port: PORT, address }, (incoming) => serveConnection(incoming, reply));
}

/** Messages with their length in front of them (RFC 7766), one after the other. */
function serveConnection(incoming: IncomingConnection, reply: (message: Buffer, from: string) => Buffer | null): void {
  const stream = incoming.accept().setKeepAlive(true, IDLE_MS);
  let received = Buffer.alloc(0);
  stream.on('error', () => stream.destroy());
  stream.on('data', (chunk: Buffer) => {
    received = Buffer.concat([received, chunk]);
    while (received.length >= 2 && received.length >= 2 + received.readUInt16BE(0)) {
      const end = 2 + received.readUInt16BE(0);
      const answered = reply(received.subarray(2, end), incoming.remoteAddress);
      received = received.subarray(end);
      // Whoever sends what cannot be read is not listened to.
      if (!answered) return void stream.destroy();
      const length = Buffer.alloc(2);
      length.writeUInt16BE(answered.length);
      stream.write(Buffer.concat([length, answered]));
    }
  });
  stream.on('end', () => stream.end());
}
