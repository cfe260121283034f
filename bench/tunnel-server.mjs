// The far side of the tunnels in `tunnel.mjs` and `private-network.mjs`: sends, counts or echoes, with the kernel's TCP or with ours.
import net from 'node:net';
import { createRequire } from 'node:module';

/** `ours` takes the keys of both sides, `kernel` what is added to each port. */
const [kind, host, keysOrBase = '0'] = process.argv.slice(2);
const block = Buffer.alloc(64 * 1024);

/** Port → what is done there. The first eight bytes say how much a client wants, or is about to send. */
const services = {
  7: (stream) => stream.pipe(stream),
  8: (stream) =>
    readAmount(stream, (wanted) => {
      let left = wanted;
      const write = () => {
        while (left > 0) {
          const chunk = block.subarray(0, Math.min(left, block.length));
          left -= chunk.length;
          if (!stream.write(chunk)) return stream.once('drain', write);
        }
        stream.end();
      };
      write();
    }),
  // Answers when everything is there: not every tunnel carries an answer after the end of what was sent.
  9: (stream) =>
    readAmount(stream, (wanted, first) => {
      let count = 0;
      const take = (data) => {
        count += data.length;
        if (count >= wanted) stream.end(`${count}`);
      };
      stream.on('data', take);
      take(first);
    }),
};

/** Passes on the first eight bytes as a number, and what has come with them. They may come in pieces. */
function readAmount(stream, onAmount) {
  let head = Buffer.alloc(0);
  stream.on('data', function gather(data) {
    head = Buffer.concat([head, data]);
    if (head.length < 8) return;
    stream.off('data', gather);
    onAmount(Number(head.readBigUInt64BE(0)), head.subarray(8));
  });
}

function serve(port, stream) {
  stream.on('error', () => undefined);
  services[port](stream);
}

if (kind === 'kernel') {
  const servers = Object.keys(services).map((port) =>
    net.createServer({ allowHalfOpen: true, noDelay: true }, (socket) => serve(port, socket)),
  );
  await Promise.all(
    servers.map(
      (server, at) =>
        new Promise((resolve) => server.listen(Number(keysOrBase) + Number(Object.keys(services)[at]), host, resolve)),
    ),
  );
  console.log('{}');
} else {
  const { Device, listenUdp, Network } = createRequire(import.meta.url)('@sindri/wireguard');
  const { privateKey, publicKey } = JSON.parse(keysOrBase);
  const network = new Network({ address: host, mtu: 1420, send: (packet, length) => device.send(packet, length) });
  const device = new Device({ privateKey, onPacket: (packet) => network.input(packet) });
  device.addPeer({ publicKey, allowedIps: ['fdaa:0:1::/48'] });
  for (const port of Object.keys(services)) {
    network.listen({ port: Number(port) }, (incoming) => serve(port, incoming.accept()));
  }
  const { port } = await listenUdp({}, (datagram, from) => device.receive(datagram, from));
  console.log(JSON.stringify({ port }));
}
