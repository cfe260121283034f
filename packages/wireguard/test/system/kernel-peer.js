// Runs inside the network namespace, with the TCP of the kernel. One job per process; the answer is one line on stdout.
const { createHash } = require('node:crypto');
const net = require('node:net');

const [job, host, port, bytes] = process.argv.slice(2);

/** Sends everything back. Ends its side when the other one has. */
function echo() {
  const server = net.createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => undefined);
    socket.pipe(socket);
  });
  server.listen(Number(port), host, () => console.log('listening'));
}

/** Says how many bytes came and what their hash is, once the other side has ended: an answer after the end. */
function digest() {
  const server = net.createServer({ allowHalfOpen: true }, (socket) => {
    const hash = createHash('sha256');
    let count = 0;
    socket.on('error', () => undefined);
    socket.on('data', (data) => {
      hash.update(data);
      count += data.length;
    });
    socket.on('end', () => socket.end(`${count} ${hash.digest('hex')}`));
  });
  server.listen(Number(port), host, () => console.log('listening'));
}

/** Connects, sends `bytes` bytes, and says whether the same came back. */
function exchange() {
  const block = Buffer.alloc(65_521, 'kernel');
  const sent = createHash('sha256');
  const received = createHash('sha256');
  let left = Number(bytes);
  const socket = net.connect({ host, port: Number(port), allowHalfOpen: true });
  const write = () => {
    while (left > 0) {
      const chunk = block.subarray(0, Math.min(left, block.length));
      left -= chunk.length;
      sent.update(chunk);
      if (!socket.write(chunk)) return socket.once('drain', write);
    }
    socket.end();
  };
  socket.on('connect', write);
  socket.on('data', (data) => received.update(data));
  socket.on('end', () => console.log(sent.digest('hex') === received.digest('hex') ? 'same' : 'different'));
  socket.on('error', (error) => console.log(error.code));
}

({ echo, digest, exchange })[job]();
