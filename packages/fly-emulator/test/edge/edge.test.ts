import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import net from 'node:net';
import tls from 'node:tls';
import { createEdge, type Edge } from '../../src/edge/edge.js';
import { createCertificateAuthority } from '../../src/tls/certificate-authority.js';
import { dial, fakeHost, ownPrefix, type FakeHost, type TestClient } from './fake-host.js';

const authority = createCertificateAuthority('seed');
const certificate = (names: readonly string[]) => authority.serverCertificate(names);
let host: FakeHost;
let edge: Edge;
let ip: string;
const clients: TestClient[] = [];

beforeEach(async () => {
  host = fakeHost();
  ip = `${ownPrefix()}.1`;
  edge = createEdge({ host, certificate, idleTimeoutMs: 300_000, checkIntervalMs: 60_000 });
  host.address({ ip, app: 'app', type: 'v4' });
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.socket.destroy();
  await edge.stop();
});

function connect(address = ip, port?: number): TestClient {
  const client = dial(address, port);
  clients.push(client);
  return client;
}

const refusal = async (address: string, port: number): Promise<string> => {
  const socket = net.connect({ host: address, port });
  const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException];
  return error.code ?? '';
};

describe('listening', () => {
  test('follows machines and addresses', async () => {
    await edge.ready();
    expect(await refusal(ip, 10022)).toBe('ECONNREFUSED');
    host.set({ machineId: 'm1' });
    await edge.ready();
    expect(await connect().greeting).toBe('m1');
    host.set({ machineId: 'm1', ports: [{ start: 2000, end: 2002, handlers: [] }] });
    await edge.ready();
    expect(await refusal(ip, 10022)).toBe('ECONNREFUSED');
    expect(await connect(ip, 2002).greeting).toBe('m1');
    host.release(ip);
    await edge.ready();
    expect(await refusal(ip, 2002)).toBe('ECONNREFUSED');
  });

  test('an IPv6 address in mapped hexadecimal form is reached as such', async () => {
    const [, b, c] = ip.split('.').map(Number);
    const mapped = `::ffff:${(0x7f00 + b!).toString(16)}:${(c! * 256 + 9).toString(16)}`;
    host.address({ ip: mapped, app: 'app', type: 'v6' });
    host.set({ machineId: 'm1' });
    await edge.ready();
    expect(await connect(mapped).greeting).toBe('m1');
  });

  test('a port in use is logged with its code, told by ready, and taken when it is free', async () => {
    const squatter = net.createServer().listen(10022, ip);
    await once(squatter, 'listening');
    host.set({ machineId: 'm1' });
    await expect(edge.ready()).rejects.toMatchObject({
      code: 'EADDRINUSE',
      message: expect.stringContaining(`${ip}:10022`),
    });
    expect(host.logs).toEqual([`EADDRINUSE the edge cannot listen on ${ip}:10022 (EADDRINUSE): another program does`]);
    squatter.close();
    await once(squatter, 'close');
    host.set({ machineId: 'm1' });
    await edge.ready();
    expect(host.logs).toHaveLength(1);
    expect(await connect().greeting).toBe('m1');
  });

  test('private addresses and udp are left alone', async () => {
    host.address({ ip: 'fdaa:0:1::3', app: 'app', type: 'private_v6' });
    host.set({ machineId: 'm1', protocol: 'udp' });
    await edge.ready();
    expect(await refusal(ip, 10022)).toBe('ECONNREFUSED');
  });
});

describe('carrying bytes', () => {
  beforeEach(async () => {
    host.set({ machineId: 'm1' });
    await edge.ready();
  });

  test('megabytes and both ends of file arrive', async () => {
    const { socket } = connect();
    const data = randomBytes(6_000_000);
    const received: Buffer[] = [];
    socket.on('data', (chunk) => received.push(chunk));
    socket.end(data);
    await once(socket, 'end');
    const echoed = Buffer.concat(received).subarray('m1\n'.length);
    expect(createHash('sha256').update(echoed).digest('hex')).toBe(createHash('sha256').update(data).digest('hex'));
  });

  test('many connections at once', async () => {
    const greetings = await Promise.all(Array.from({ length: 100 }, () => connect().greeting));
    expect(new Set(greetings)).toEqual(new Set(['m1']));
  });

  test('connections end when the machine stops', async () => {
    const client = connect();
    await client.greeting;
    host.set({ machineId: 'm1', state: 'stopped' });
    await client.ended;
  });

  test('stop closes everything', async () => {
    const client = connect();
    await client.greeting;
    await edge.stop();
    await client.ended;
    expect(await refusal(ip, 10022)).toBe('ECONNREFUSED');
  });
});

describe('connections that do not end by themselves', () => {
  beforeEach(async () => {
    host.set({ machineId: 'm1' });
    await edge.ready();
  });
  test('one whose client has ended its side is closed when nothing has moved for a minute', async () => {
    host.silent = true;
    const client = connect();
    await client.greeting;
    client.socket.end();
    await host.ended();
    await host.clock.advance(59_000);
    expect(client.socket.destroyed).toBe(false);
    await host.clock.advance(61_000);
    await client.ended;
    await host.clock.advance(420_000);
    expect(host.idled).toEqual(['m1 suspend']);
  });

  test('one that is open on both sides may be silent for ever', async () => {
    const client = connect();
    await client.greeting;
    await host.clock.advance(24 * 3_600_000);
    client.socket.write('still here\n');
    const [echo] = (await once(client.socket, 'data')) as [Buffer];
    expect(echo.toString()).toBe('still here\n');
  });

  test('a request on a shared address whose head does not come is not waited for', async () => {
    const shared = `${ip.split('.').slice(0, 3).join('.')}.250`;
    host.address({ ip: shared, app: 'app', type: 'shared_v4' });
    host.set({ machineId: 'm1', ports: [{ start: 8080, end: 8080, handlers: ['http'] }] });
    await edge.ready();
    const client = connect(shared, 8080);
    client.socket.write('GET / HTTP/1.1\r\n');
    await once(client.socket, 'connect');
    const advance = setInterval(() => void host.clock.advance(11_000), 10);
    expect(await client.greeting).toBe('HTTP/1.1 404 Not Found\r');
    clearInterval(advance);
  });

  test('above the limit connections are closed, and the log says so once', async () => {
    await edge.stop();
    edge = createEdge({ host, certificate, idleTimeoutMs: 300_000, maxConnections: 2 });
    await edge.ready();
    const [one, two] = [connect(), connect()];
    await Promise.all([one.greeting, two.greeting]);
    expect(await Promise.all([connect().greeting, connect().greeting])).toEqual([null, null]);
    expect(host.logs).toEqual(['the edge has 2 connections and takes no more']);
    one.socket.destroy();
    let greeting: string | null = null;
    while (greeting === null) greeting = await connect().greeting;
    expect(greeting).toBe('m1');
  });
});

describe('routing', () => {
  test('the least loaded machine gets the connection, cordoned ones none', async () => {
    for (const machineId of ['m1', 'm2', 'm3']) host.set({ machineId });
    host.set({ machineId: 'm3', cordoned: true });
    await edge.ready();
    const greetings: (string | null)[] = [];
    for (let index = 0; index < 4; index += 1) greetings.push(await connect().greeting);
    expect(greetings).toEqual(['m1', 'm2', 'm1', 'm2']);
  });

  test('above the soft limit a sleeping machine is woken; without one the least loaded takes more', async () => {
    host.set({ machineId: 'm1', softLimit: 1 });
    host.set({ machineId: 'm2', softLimit: 1, state: 'suspended' });
    await edge.ready();
    expect(await connect().greeting).toBe('m1');
    expect(await connect().greeting).toBe('m2');
    expect(host.wakes).toEqual(['m2']);
    expect(await connect().greeting).toBe('m1');
  });

  test('a machine that has no address of its own is nobody’s', async () => {
    host.set({ machineId: 'o1' });
    host.set({ machineId: 'm1', state: 'stopped', autostart: false });
    await edge.ready();
    expect(await connect().greeting).toBeNull();
    expect(host.logs.join()).toMatch(/^PR01 no known healthy instances found for route tcp\/10022/);
  });
});

describe('waking', () => {
  test('a client is held while its machine wakes; many clients wake it once', async () => {
    let finish: () => void = () => {};
    host.onWake = () => new Promise((resolve) => (finish = resolve));
    host.set({ machineId: 'm1', state: 'suspended' });
    await edge.ready();
    const waiting = [connect(), connect(), connect()];
    for (const client of waiting) client.socket.write('hello\n');
    await host.said(/Starting machine/);
    host.set({ machineId: 'm1', state: 'starting' });
    finish();
    await host.clock.advance(150);
    host.set({ machineId: 'm1', state: 'started' });
    expect(await Promise.all(waiting.map((client) => client.greeting))).toEqual(['m1', 'm1', 'm1']);
    expect(host.wakes).toEqual(['m1']);
    expect(host.logs).toEqual(['m1 Starting machine', 'm1 machine started in 150ms']);
  });

  test('a lease keeps the machine asleep: PM01', async () => {
    host.onWake = () => Promise.reject(new Error('machine ID m1 lease currently held by somebody'));
    host.set({ machineId: 'm1', state: 'suspended' });
    await edge.ready();
    expect(await connect().greeting).toBeNull();
    expect(host.logs).toContain(
      'PM01 m1 machines API returned an error: "machine ID m1 lease currently held by somebody"',
    );
    expect(host.logs.join()).toContain('PR04');
  });

  test('one that cannot be woken leaves the connection to the next', async () => {
    host.onWake = async (machineId) => {
      if (machineId === 'm1') throw new Error('no capacity');
      host.set({ machineId, state: 'started' });
    };
    host.set({ machineId: 'm1', state: 'stopped' });
    host.set({ machineId: 'm2', state: 'stopped' });
    await edge.ready();
    expect(await connect().greeting).toBe('m2');
  });

  test('one that does not come up in time: PM03', async () => {
    host.onWake = async (machineId) => host.set({ machineId, state: 'starting' });
    host.set({ machineId: 'm1', state: 'stopped' });
    await edge.ready();
    const client = connect();
    await host.said(/Starting machine/);
    await host.clock.advance(60_000);
    expect(await client.greeting).toBeNull();
    expect(host.logs.join()).toContain('PM03 m1 could not wake up machine due to a timeout');
  });

  test('one whose last step is not over is tried again', async () => {
    let tries = 0;
    host.onWake = async (machineId) => {
      tries += 1;
      if (tries < 3) throw Object.assign(new Error('machine still active, refusing to start'), { httpStatus: 412 });
      host.set({ machineId, state: 'started' });
    };
    host.set({ machineId: 'm1', state: 'stopped' });
    await edge.ready();
    const client = connect();
    await host.said(/PM01/);
    await host.clock.advance(500);
    await host.clock.advance(500);
    expect(await client.greeting).toBe('m1');
  });

  test('a connection that comes while the machine is being suspended waits and wakes it', async () => {
    host.set({ machineId: 'm1', state: 'suspending' });
    await edge.ready();
    const client = connect();
    await once(client.socket, 'connect');
    host.set({ machineId: 'm1', state: 'suspended' });
    expect(await client.greeting).toBe('m1');
    expect(host.wakes).toEqual(['m1']);
  });

  test('a young machine is given time to listen, an old one is not', async () => {
    host.listening.clear();
    host.set({ machineId: 'm1', state: 'stopped' });
    await edge.ready();
    const early = connect();
    await host.said(/machine started/);
    host.listening.add(2222);
    await host.clock.advance(250);
    expect(await early.greeting).toBe('m1');
    host.listening.clear();
    await host.clock.advance(20_000);
    expect(await connect().greeting).toBeNull();
    expect(host.logs.join()).toContain('PC01 m1 instance refused connection. is your app listening on 0.0.0.0:2222?');
  });

  test('stopping the edge lets go of those who wait', async () => {
    host.onWake = async (machineId) => host.set({ machineId, state: 'starting' });
    host.set({ machineId: 'm1', state: 'stopped' });
    await edge.ready();
    const client = connect();
    await host.said(/Starting machine/);
    await edge.stop();
    await client.ended;
  });
});

describe('shared addresses and handlers', () => {
  const shared = () => `${ip.split('.').slice(0, 3).join('.')}.250`;

  test('raw TCP is refused on a shared IPv4, and the log says what is needed', async () => {
    host.address({ ip: shared(), app: 'app', type: 'shared_v4' });
    host.set({ machineId: 'm1' });
    await edge.ready();
    const client = connect(shared());
    expect(await client.greeting).toBeNull();
    await client.ended;
    expect(host.logs).toEqual([`raw TCP on port 10022 needs a dedicated address: ${shared()} is a shared IPv4`]);
    expect(await connect().greeting).toBe('m1');
  });

  test('plain HTTP on a shared IPv4 goes to the app that the request names', async () => {
    const ports = [{ start: 8080, end: 8080, handlers: ['http'] }];
    for (const app of ['app', 'other']) host.address({ ip: shared(), app, type: 'shared_v4' });
    for (const machineId of ['m1', 'o1']) host.set({ machineId, ports });
    await edge.ready();
    const ask = async (name: string): Promise<string | null> => {
      const client = connect(shared(), 8080);
      client.socket.write(`GET / HTTP/1.1\r\nHost: ${name}\r\n\r\n`);
      return client.greeting;
    };
    expect(await ask('other.fly.dev')).toBe('o1');
    expect(await ask('APP.fly.dev:8080')).toBe('m1');
    expect(await ask('unknown.fly.dev')).toBe('HTTP/1.1 404 Not Found\r');
  });

  test("PostgreSQL's TLS is answered with an alert and a log line", async () => {
    host.set({ machineId: 'm1', ports: [{ start: 8443, end: 8443, handlers: ['pg_tls'] }] });
    await edge.ready();
    const { socket } = connect(ip, 8443);
    const [alert] = (await once(socket, 'data')) as [Buffer];
    expect(alert[0]).toBe(0x15);
    expect(host.logs).toEqual(["PostgreSQL's TLS on port 8443 is not modelled by the emulator"]);
  });
});

describe('TLS', () => {
  const shared = (): string => ip.replace(/1$/, '250');
  /** What comes back when everything is said, to a client that trusts the emulator's authority. */
  const say = async (address: string, servername: string, text: string): Promise<string> => {
    // Node knows `allowHalfOpen` here, too; its types do not.
    const options = { host: address, port: 8443, servername, ca: authority.certificate, allowHalfOpen: true };
    const socket = tls.connect(options);
    const chunks: Buffer[] = [];
    await once(socket, 'secureConnect');
    socket.end(text);
    for await (const chunk of socket) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks).toString();
  };
  beforeEach(async () => {
    for (const app of ['app', 'other']) host.address({ ip: shared(), app, type: 'shared_v4' });
    const ports = [{ start: 8443, end: 8443, handlers: ['tls'] }];
    for (const machineId of ['m1', 'o1']) host.set({ machineId, ports });
    await edge.ready();
  });

  test('raw TCP inside it reaches the app that the client names, also on a shared IPv4', async () => {
    expect(await say(shared(), 'other.fly.dev', 'hello')).toBe('o1\nhello');
    expect(await say(shared(), 'APP.fly.dev', 'hello')).toBe('m1\nhello');
    expect(await say(ip, 'app.fly.dev', 'hello')).toBe('m1\nhello');
  });

  test('a machine is woken for it, and counts the connection as load', async () => {
    host.set({ machineId: 'm1', state: 'suspended' });
    expect(await say(ip, 'app.fly.dev', 'up')).toBe('m1\nup');
    expect(host.wakes).toEqual(['m1']);
  });

  test('who names no app of a shared address, or trusts others, does not get in', async () => {
    await expect(say(shared(), 'nosuch.fly.dev', '')).rejects.toThrow();
    const stranger = tls.connect({ host: ip, port: 8443, servername: 'app.fly.dev' });
    const [error] = (await once(stranger, 'error')) as [NodeJS.ErrnoException];
    expect(error.code).toMatch(/SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_VERIFY_LEAF_SIGNATURE|UNABLE_TO_GET_ISSUER/);
  });
});

describe('idling', () => {
  test('one machine without connections is suspended after the idle time, not before', async () => {
    host.set({ machineId: 'm1' });
    await edge.ready();
    await host.clock.advance(240_000);
    expect(host.idled).toEqual([]);
    await host.clock.advance(60_000);
    expect(host.idled).toEqual(['m1 suspend']);
    expect(host.logs).toEqual([
      'm1 App app has excess capacity, autosuspending machine m1. 0 out of 1 machines left running (region=sjc, process group=app)',
    ]);
    expect(await connect().greeting).toBe('m1');
  });

  test('an open connection keeps it up; the idle time begins when the last one ends', async () => {
    host.set({ machineId: 'm1', autostop: 'stop' });
    await edge.ready();
    const client = connect();
    await client.greeting;
    await host.clock.advance(3_600_000);
    expect(host.idled).toEqual([]);
    client.socket.destroy();
    await client.ended;
    await host.clock.advance(1);
    await host.clock.advance(240_000);
    expect(host.idled).toEqual([]);
    await host.clock.advance(120_000);
    expect(host.idled).toEqual(['m1 stop']);
  });

  test('exactly one machine per region and pass', async () => {
    for (const machineId of ['m1', 'm2', 'm3']) host.set({ machineId });
    host.set({ machineId: 'm4', region: 'ams' });
    await host.clock.advance(300_000);
    expect(host.idled).toEqual(['m1 suspend', 'm4 suspend']);
    await host.clock.advance(60_000);
    expect(host.idled).toEqual(['m1 suspend', 'm4 suspend', 'm2 suspend']);
  });

  test('off is honoured, also by one of several services; min_machines_running too', async () => {
    host.set({ machineId: 'm1', autostop: 'off' });
    host.set({ machineId: 'o1', minMachinesRunning: 1 });
    host.address({ ip: `${ip}9`, app: 'other', type: 'v4' });
    await host.clock.advance(3_600_000);
    expect(host.idled).toEqual([]);
  });

  test('a refusal is logged and tried again', async () => {
    host.onIdle = () => Promise.reject(new Error('lease currently held'));
    host.set({ machineId: 'm1' });
    await host.clock.advance(360_000);
    expect(host.idled).toHaveLength(2);
    expect(host.logs.join()).toContain('PM01 m1 machines API returned an error: "lease currently held"');
  });
});
