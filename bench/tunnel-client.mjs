// One measurement of `tunnel.mjs` in a process of its own: prints `{ value, peakKilobytes }`.
import net from 'node:net';
import { createRequire } from 'node:module';

const { job, streams, bytes, server, portBase = 0, tunnel } = JSON.parse(process.argv[2]);
const block = Buffer.alloc(64 * 1024);

const connect = tunnel === undefined ? connectKernel : await openOurs();
const value = await { down, up, short }[job]();
console.log(JSON.stringify({ value, peakKilobytes: process.resourceUsage().maxRSS }));
process.exit(0);

function connectKernel(port) {
  return new Promise((resolve, reject) => {
    const socket = net.connect({ host: server, port: portBase + port, allowHalfOpen: true, noDelay: true }, () =>
      resolve(socket),
    );
    socket.on('error', reject);
  });
}

async function openOurs() {
  const { openTunnel, udpEndpoint } = createRequire(import.meta.url)('@sindri/wireguard');
  const opened = openTunnel({
    privateKey: tunnel.privateKey,
    address: 'fdaa:0:1::2',
    peer: { publicKey: tunnel.publicKey },
    transports: [(receive) => udpEndpoint(tunnel.host, tunnel.port, receive)],
    handshakeRetryMs: 500,
  });
  await opened.ready(20_000);
  return (port) => opened.network.connect({ address: server, port });
}

/** Mbit/s over all streams. */
async function down() {
  return throughput(async () => {
    const stream = await connect(8);
    const request = Buffer.alloc(8);
    request.writeBigUInt64BE(BigInt(bytes / streams));
    stream.write(request);
    let count = 0;
    stream.on('data', (data) => (count += data.length));
    await new Promise((resolve) => stream.on('end', resolve));
    stream.end();
    return count;
  });
}

async function up() {
  return throughput(async () => {
    const stream = await connect(9);
    const announced = Buffer.alloc(8);
    announced.writeBigUInt64BE(BigInt(bytes / streams));
    stream.write(announced);
    let left = bytes / streams;
    let answer = '';
    stream.on('data', (data) => (answer += data));
    const ended = new Promise((resolve) => stream.on('end', resolve));
    const write = () => {
      while (left > 0) {
        const chunk = block.subarray(0, Math.min(left, block.length));
        left -= chunk.length;
        if (!stream.write(chunk)) return stream.once('drain', write);
      }
    };
    write();
    await ended;
    stream.end();
    return Number(answer);
  });
}

async function throughput(run) {
  const start = performance.now();
  const counts = await Promise.all(Array.from({ length: streams }, run));
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total !== bytes) throw new Error(`${total} of ${bytes} bytes arrived`);
  return (total * 8) / (performance.now() - start) / 1_000;
}

/** Milliseconds from dialling to the end of a connection that asks one byte: the median of many, one after the other. */
async function short() {
  const times = [];
  for (let count = 0; count < 200; count += 1) {
    const start = performance.now();
    const stream = await connect(7);
    stream.end('x');
    stream.resume();
    await new Promise((resolve) => stream.on('end', resolve));
    times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b)[100];
}
