import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { forward } from '../../src/operations/forward';
import { fakeEnvironment, fakeShell } from '../fakes';

async function listening(onConnection: (socket: Socket) => void): Promise<{ server: Server; port: number }> {
  const server = createServer({ allowHalfOpen: true }, onConnection).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, port: (server.address() as AddressInfo).port };
}

/** What core and a provider listen to on each stream, beside the one who carries it. */
async function dialed(port: number): Promise<Socket> {
  const stream = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  await once(stream, 'connect');
  for (let index = 0; index < 4; index += 1) stream.once('close', () => undefined);
  return stream;
}

describe('a port that is forwarded', () => {
  let inside: { server: Server; port: number };
  let local: number;
  beforeEach(async () => {
    inside = await listening((socket) => socket.on('error', () => undefined).pipe(socket));
    const free = await listening(() => undefined);
    local = free.port;
    free.server.close();
    await once(free.server, 'close');
  });
  afterEach(() => inside.server.close());

  it('is refused before anything is said to be ready when another program has it', async () => {
    const other = await listening(() => undefined);
    const shell = fakeShell();
    const refused = forward(fakeEnvironment({}), shell, [{ local: other.port, remote: 80 }], { local: false });
    await expect(refused).rejects.toMatchObject({
      code: 'PORT_UNAVAILABLE',
      message: `Port ${other.port} of this computer (127.0.0.1) is in use by another program.`,
      hint: `Choose another one: ${other.port + 1}:80`,
    });
    expect(shell.streamed).toEqual([]);
    other.server.close();
  });

  it('carries what comes, half-closed connections too, without a warning of Node', async () => {
    const streams: Socket[] = [];
    const requests: (AbortSignal | undefined)[] = [];
    let isReady: () => void = () => undefined;
    const ready = new Promise<void>((resolve) => (isReady = resolve));
    const environment = fakeEnvironment({
      dial: async ({ until }) => {
        requests.push(until);
        const stream = await dialed(inside.port);
        streams.push(stream);
        return stream;
      },
    });
    const shell = fakeShell({ stream: () => isReady() });
    const ended = forward(environment, shell, [{ local, remote: 80 }], { local: false, method: 'proxy' });
    await Promise.race([ready, ended]);
    const client = connect({ port: local, host: '127.0.0.1', allowHalfOpen: true }).setEncoding('utf8');
    let answer = '';
    client.on('data', (text: string) => (answer += text));
    client.write('all ');
    await once(client, 'data');
    // Node warns when there are more.
    const tooMany = streams.filter((stream) => stream.listenerCount('close') > stream.getMaxListeners());
    client.end('of it');
    await once(client, 'end');
    // Whoever is dialled knows that more may come, and until when.
    expect([new Set(requests).size, requests[0]?.aborted]).toEqual([1, false]);
    shell.interrupt();
    expect(await ended).toMatchObject({ exitCode: 130 });
    expect(requests[0]?.aborted).toBe(true);
    expect({ answer, tooMany: tooMany.length, streams: streams.length }).toEqual({
      answer: 'all of it',
      tooMany: 0,
      streams: 2,
    });
  });

  it('lets go of a side whose other side has gone, also while it was dialled, and takes what was said before that', async () => {
    let dials = 0;
    const said: string[] = [];
    const [gone, ready] = [new AbortController(), new AbortController()];
    const environment = fakeEnvironment({
      dial: async () => {
        dials += 1;
        // The first only finds out whether there is a way.
        if (dials === 2) await once(gone.signal, 'abort');
        const stream = await dialed(inside.port);
        stream.on('data', (data: Buffer) => said.push(data.toString()));
        streams.push(stream);
        return stream;
      },
    });
    const streams: Socket[] = [];
    const closed = (index: number) =>
      streams[index]?.closed === true ? undefined : once(streams[index] as Socket, 'close');
    const until = async (condition: () => boolean) => {
      while (!condition()) await new Promise((resolve) => setImmediate(resolve));
    };
    const shell = fakeShell({ stream: () => ready.abort() });
    const ended = forward(environment, shell, [{ local, remote: 80 }], { local: false, method: 'proxy' });
    await Promise.race([once(ready.signal, 'abort'), ended]);

    const hasty = connect({ port: local, host: '127.0.0.1' }).on('error', () => undefined);
    await until(() => dials === 2);
    hasty.resetAndDestroy();
    await once(hasty, 'close');
    // The reset has to be seen before the stream is there.
    await new Promise((resolve) => setImmediate(resolve));
    gone.abort();
    await until(() => streams.length === 2);
    await closed(1);

    const client = connect({ port: local, host: '127.0.0.1' });
    client.write('early');
    await until(() => said.includes('early'));
    client.resetAndDestroy();
    await closed(2);

    const left = connect({ port: local, host: '127.0.0.1' }).on('error', () => undefined);
    await until(() => streams.length === 4);
    streams[3]?.destroy();
    await once(left.resume(), 'close');
    shell.interrupt();
    expect(await ended).toMatchObject({ exitCode: 130 });
  });
});
