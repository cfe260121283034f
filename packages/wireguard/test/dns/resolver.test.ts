import { decodeResponse, encodeQuery, RecordType } from '../../src/dns/message.js';
import { Resolver } from '../../src/dns/resolver.js';
import { parseAddress } from '../../src/ip/address.js';
import type { UdpSource } from '../../src/udp/udp.js';
import { createPair, type Pair, RIGHT } from '../support/pair.js';
import { seededBytes } from '../support/random.js';

interface Answer {
  code?: number;
  truncated?: boolean;
  /** Type and data of each record about the name asked for; a name in the data is written out. */
  records?: [number, Buffer][];
}

function respond(query: Buffer, { code = 0, truncated = false, records = [] }: Answer): Buffer {
  const header = Buffer.from(query.subarray(0, 12));
  header.writeUInt16BE(0x8400 | (truncated ? 0x0200 : 0) | code, 2);
  header.writeUInt16BE(records.length, 6);
  const bodies = records.map(([type, data]) => {
    const fixed = Buffer.from('c00c0000000100000005ffff', 'hex');
    fixed.writeUInt16BE(type, 2);
    fixed.writeUInt16BE(data.length, 10);
    return Buffer.concat([fixed, data]);
  });
  return Buffer.concat([header, query.subarray(12), ...bodies]);
}

/** A name server on the right side; `answer` gets the question as asked and whether it came by TCP. */
function serve(pair: Pair, answer: (query: Buffer, byTcp: boolean) => Buffer | null): void {
  const socket = pair.right.network.bindUdp({ port: 53 });
  socket.on('message', (query: Buffer, source: UdpSource) => {
    const reply = answer(query, false);
    if (reply !== null) socket.send(reply, source.port, source.address, source.localAddress);
  });
  pair.right.network.listen({ port: 53 }, (incoming) => {
    const stream = incoming.accept();
    stream.on('error', () => undefined);
    stream.on('data', (data: Buffer) => {
      const reply = answer(data.subarray(2), true);
      if (reply === null) return;
      const length = Buffer.alloc(2);
      length.writeUInt16BE(reply.length);
      // In two parts, as TCP may do at any time.
      stream.write(Buffer.concat([length, reply.subarray(0, 10)]));
      stream.write(reply.subarray(10));
    });
  });
}

async function outcome<T>(pair: Pair, promise: Promise<T>): Promise<T> {
  let done = false;
  promise.then(
    () => (done = true),
    () => (done = true),
  );
  await pair.clock.until(() => done, 60_000);
  return promise;
}

function create(answer: (query: Buffer, byTcp: boolean) => Buffer | null): { pair: Pair; resolver: Resolver } {
  const pair = createPair();
  serve(pair, answer);
  const { network } = pair.left;
  return {
    pair,
    resolver: new Resolver({ network, server: 'fdaa:0:1::3', clock: pair.clock, random: seededBytes(5) }),
  };
}

const address = (text: string): [number, Buffer] => [RecordType.aaaa, parseAddress(text)];
const text = (...parts: string[]): [number, Buffer] => [
  RecordType.txt,
  Buffer.concat(parts.map((part) => Buffer.concat([Buffer.from([part.length]), Buffer.from(part)]))),
];

describe('a resolver inside the tunnel', () => {
  it('finds addresses', async () => {
    const records = [address('fdaa:0:18:a7b:d6b:0:a:2'), address('fdaa::5')];
    const { pair, resolver } = create((query) => respond(query, { records }));
    expect(await outcome(pair, resolver.resolve6('App.internal'))).toEqual(['fdaa:0:18:a7b:d6b:0:a:2', 'fdaa::5']);
    pair.close();
  });

  it('joins the parts of a text', async () => {
    const { pair, resolver } = create((query) => respond(query, { records: [text('abc d', 'ef')] }));
    expect(await outcome(pair, resolver.resolveTxt('vms.app.internal'))).toEqual(['abc def']);
    pair.close();
  });

  it('follows an alias', async () => {
    const alias: [number, Buffer] = [
      RecordType.cname,
      Buffer.from('0562c3bc636804686f737400'.replace('c3bc', '7578'), 'hex'),
    ];
    const { pair, resolver } = create((query) => {
      const reply = respond(query, { records: [alias] });
      const record = Buffer.concat([
        Buffer.from('05627578636804686f7374000 01c00010000000500 10'.replace(/ /g, ''), 'hex'),
        parseAddress('::7'),
      ]);
      reply.writeUInt16BE(2, 6);
      return Buffer.concat([reply, record]);
    });
    expect(await outcome(pair, resolver.resolve6('www.example'))).toEqual(['::7']);
    pair.close();
  });

  it('asks by TCP when the answer does not fit', async () => {
    const records = Array.from({ length: 60 }, (_, at) => address(`fdaa::${(at + 1).toString(16)}`));
    const { pair, resolver } = create((query, byTcp) => respond(query, byTcp ? { records } : { truncated: true }));
    expect(await outcome(pair, resolver.resolve6('app.internal'))).toHaveLength(60);
    pair.close();
  });

  it('asks again when nothing comes, and takes no answer that is not meant', async () => {
    let asked = 0;
    const { pair, resolver } = create((query) => {
      asked += 1;
      if (asked === 1) return null;
      const reply = respond(query, { records: [address('::9')] });
      if (asked === 2) reply[0] = (reply[0] as number) ^ 1;
      return reply;
    });
    expect(await outcome(pair, resolver.resolve6('app.internal'))).toEqual(['::9']);
    expect(asked).toBe(3);
    pair.close();
  });

  it.each([
    ['ENOTFOUND', { code: 3 }],
    ['ESERVFAIL', { code: 2 }],
    ['EREFUSED', { code: 5 }],
    ['ENODATA', {}],
  ])('says %s', async (code, answer) => {
    const { pair, resolver } = create((query) => respond(query, answer));
    await expect(outcome(pair, resolver.resolve6('no.internal'))).rejects.toMatchObject({
      code,
      hostname: 'no.internal',
    });
    pair.close();
  });

  it('gives up when nobody answers, and at once when nobody listens', async () => {
    const { pair, resolver } = create(() => null);
    await expect(outcome(pair, resolver.resolve6('app.internal'))).rejects.toMatchObject({ code: 'ETIMEOUT' });
    expect(pair.clock.now()).toBeGreaterThanOrEqual(3_500);
    pair.close();
    const silent = createPair();
    const lonely = new Resolver({ network: silent.left.network, server: RIGHT, clock: silent.clock });
    await expect(outcome(silent, lonely.resolve6('app.internal'))).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    expect(silent.clock.now()).toBeLessThan(100);
    silent.close();
  });

  it('stops when told to', async () => {
    const { pair, resolver } = create(() => null);
    const abort = new AbortController();
    const answer = resolver.resolve6('app.internal', abort.signal);
    abort.abort(new Error('enough'));
    await expect(outcome(pair, answer)).rejects.toThrow('enough');
    pair.close();
  });
});

describe('a DNS message', () => {
  it('may be anything: nothing is thrown', () => {
    const random = seededBytes(77);
    const good = respond(encodeQuery(1, 'a.b.c', RecordType.aaaa), { records: [address('::1'), text('x')] });
    for (let round = 0; round < 20_000; round += 1) {
      const message = round % 2 === 0 ? random(random(1)[0] as number) : Buffer.from(good);
      for (let flips = 0; flips < 3 && message.length > 0; flips += 1)
        message[random(1).readUInt8(0) % message.length] = random(1).readUInt8(0);
      decodeResponse(message);
    }
    expect(decodeResponse(good)?.answers).toHaveLength(2);
  });

  it.each(['', 'a..b', 'x'.repeat(64), `${'abcdefgh.'.repeat(30)}z`])('cannot ask for "%s"', (name) => {
    expect(() => encodeQuery(1, name, RecordType.aaaa)).toThrow('is not a host name');
  });
});
