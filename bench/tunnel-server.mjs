// The far side of the tunnel in `tunnel.mjs`: sends, counts or echoes, with the kernel's TCP or with ours.
import net from 'node:net';
import { createRequire } from 'node:module';

const [kind, host, keys] = process.argv.slice(2);
const block = Buffer.alloc(64 * 1024);

/** Port → what is done there. The first eight bytes that a client of `source` sends say how much it wants. */
const services = {
  7: (stream) => stream.pipe(stream),
  8: (stream) =>
    stream.once('data', (request) => {
      let left = Number(request.readBigUInt64BE(0));
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
  9: (stream) => {
    let count = 0;
    stream.on('data', (data) => (count += data.length));
    stream.on('end', () => stream.end(`${count}`));
  },
};

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
      (server, at) => new Promise((resolve) => server.listen(Number(Object.keys(services)[at]), host, resolve)),
    ),
  );
  console.log('{}');
} else {
  const { Device, listenUdp, Network } = createRequire(import.meta.url)('@sindri/wireguard');
  const { privateKey, publicKey } = JSON.parse(keys);
  const network = new Network({ address: host, mtu: 1420, send: (packet, length) => device.send(packet, length) });
  const device = new Device({ privateKey, onPacket: (packet) => network.input(packet) });
  device.addPeer({ publicKey, allowedIps: ['fdaa:0:1::/48'] });
  for (const port of Object.keys(services)) {
    network.listen({ port: Number(port) }, (incoming) => serve(port, incoming.accept()));
  }
  const { port } = await listenUdp({}, (datagram, from) => device.receive(datagram, from));
  console.log(JSON.stringify({ port }));
}
