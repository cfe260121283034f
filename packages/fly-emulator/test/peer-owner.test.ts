import { createServer, connect, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { ownerOf } from '../src/peer-owner.js';

const table = [
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode',
  '   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1001        0 31 1',
  '   1: 0100007F:C350 0100007F:1F91 01 00000000:00000000 00:00000000 00000000  1002        0 32 1',
  '   2: 0100007F:C350 0100007F:1F90 01 00000000:00000000 00:00000000 00000000  1003        0 33 1',
].join('\n');

const peer = { address: '127.0.0.1', port: 0xc350, ownPort: 0x1f90 };

describe('ownerOf', () => {
  test('finds the user of exactly this connection', () => {
    expect(ownerOf(peer, () => table)).toBe(1003);
    expect(ownerOf({ ...peer, ownPort: 0x1f91 }, () => table)).toBe(1002);
  });

  test.each([
    ['another port', { ...peer, port: 1 }],
    ['another address', { ...peer, address: '127.0.0.2' }],
    ['an address of another family', { ...peer, address: '::1' }],
  ])('does not know %s', (_title, other) => expect(ownerOf(other, () => table)).toBeNull());

  test('a system without such a table does not tell', () => {
    const missing = (): string => {
      throw new Error('ENOENT');
    };
    expect(ownerOf(peer, missing)).toBeNull();
  });

  (process.platform === 'linux' ? test : test.skip)('knows a connection of this process', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const accepted = once(server, 'connection');
    const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
    const [socket] = await accepted;
    const { remoteAddress, remotePort, localPort } = socket;
    try {
      expect(ownerOf({ address: remoteAddress, port: remotePort, ownPort: localPort })).toBe(process.getuid?.());
    } finally {
      client.destroy();
      socket.destroy();
      server.close();
    }
  });
});
