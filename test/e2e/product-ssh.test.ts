import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { root } from './sindri';

/** Of the SSH library the product has less than a clone: see scripts/product/slim-ssh2.mjs. Here it speaks with the whole of it. */
const talk = (client: string, server: string): string => `
const { load } = require(${JSON.stringify(path.join(root, 'build/sindri/lib/load.js'))});
const whole = require(${JSON.stringify(require.resolve('ssh2'))});
const { ${client}: client, ${server}: server } = { whole, product: load('ssh2') };
const algorithms = { cipher: [process.argv[1]] };
const key = whole.utils.generateKeyPairSync('ed25519').private;
const long = 'x'.repeat(100_000);
const listening = new server.Server({ hostKeys: [key], algorithms }, (connection) => {
  connection.on('authentication', (asked) => asked.accept());
  connection.on('session', (accept) => accept().on('exec', (run, _refuse, { command }) => {
    const channel = run();
    channel.write(long + command);
    channel.exit(0);
    channel.end();
  }));
});
listening.listen(0, '127.0.0.1', () => {
  const { port } = listening.address();
  const connection = new client.Client();
  connection.on('handshake', ({ cs, sc }) => console.log(cs.cipher, sc.cipher));
  connection.on('ready', () => connection.exec('hello', (error, channel) => {
    if (error) throw error;
    let heard = '';
    channel.on('data', (data) => (heard += data)).on('close', () => {
      console.log(heard === long + 'hello' ? 'all of it' : 'something else: ' + heard.length);
      connection.end();
      listening.close();
    });
  }));
  connection.connect({ host: '127.0.0.1', port, username: 'somebody', password: 'any', algorithms });
});`;

const ciphers = ['chacha20-poly1305@openssh.com', 'aes128-gcm@openssh.com', 'aes256-ctr'];

test.each([
  ['product', 'whole'],
  ['whole', 'product'],
])('a client that is %s and a server that is %s understand each other, whatever the cipher', (client, server) => {
  for (const cipher of ciphers) {
    const { stdout, stderr } = spawnSync(process.execPath, ['-e', talk(client, server), cipher], { encoding: 'utf8' });
    expect({ stdout, stderr }).toEqual({ stdout: `${cipher} ${cipher}\nall of it\n`, stderr: '' });
  }
});
