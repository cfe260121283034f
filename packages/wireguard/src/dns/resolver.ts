import { randomBytes } from 'node:crypto';
import { type Clock, systemClock } from '../clock.js';
import { formatAddress, parseAddress } from '../ip/address.js';
import type { Network } from '../network/network.js';
import type { RandomBytes } from '../noise/keys.js';
import { decodeResponse, type DnsResponse, encodeQuery, RecordType, ResponseCode } from './message.js';

const DNS_PORT = 53;
/** A UDP question may be lost: asked again after these times, then given up. Milliseconds. */
const UDP_TIMEOUTS = [500, 1_000, 2_000];
const TCP_TIMEOUT_MS = 5_000;
/** CNAMEs that are followed within one answer. */
const MAX_ALIASES = 8;

/** Whom a {@link Resolver} asks, and through what. */
export interface ResolverOptions {
  network: Network;
  /** Address of the name server inside the tunnel. */
  server: string;
  clock?: Clock;
  random?: RandomBytes;
}

/** Asks a name server inside the tunnel: by UDP, and by TCP when an answer does not fit. */
export class Resolver {
  private readonly server: string;
  private readonly clock: Clock;
  private readonly random: RandomBytes;

  constructor(private readonly options: ResolverOptions) {
    this.server = formatAddress(parseAddress(options.server));
    this.clock = options.clock ?? systemClock;
    this.random = options.random ?? randomBytes;
  }

  /**
   * The IPv6 addresses of `name`. Rejects with an `Error` whose `code` is that of `node:dns`: `ENOTFOUND`, `ENODATA`, `ESERVFAIL`,
   * `EREFUSED`, `EBADRESP`, `ETIMEOUT`; or with the signal's reason.
   */
  resolve6(name: string, signal?: AbortSignal): Promise<string[]> {
    return this.resolve(name, RecordType.aaaa, signal);
  }

  /** The texts of `name`, each with its parts joined. Rejects like {@link resolve6}. */
  resolveTxt(name: string, signal?: AbortSignal): Promise<string[]> {
    return this.resolve(name, RecordType.txt, signal);
  }

  private async resolve(name: string, type: number, signal: AbortSignal | undefined): Promise<string[]> {
    signal?.throwIfAborted();
    let response = await this.askByUdp(name, type, signal);
    if (response.isTruncated) response = await this.askByTcp(name, type, signal);
    if (response.code === ResponseCode.noSuchName) throw dnsError('ENOTFOUND', name, 'does not exist');
    if (response.code === ResponseCode.refused)
      throw dnsError('EREFUSED', name, 'is not answered for by the name server');
    if (response.code !== ResponseCode.success)
      throw dnsError('ESERVFAIL', name, 'could not be looked up by the name server');
    const values = valuesOf(response, name, type);
    if (values.length === 0) throw dnsError('ENODATA', name, 'has no such record');
    return values;
  }

  private async askByUdp(name: string, type: number, signal: AbortSignal | undefined): Promise<DnsResponse> {
    for (const timeoutMs of UDP_TIMEOUTS) {
      const response = await this.askOnce(name, type, timeoutMs, signal);
      if (response !== null) return response;
    }
    throw dnsError('ETIMEOUT', name, 'was not answered by the name server in time');
  }

  /** `null` when there is no answer in time. */
  private askOnce(
    name: string,
    type: number,
    timeoutMs: number,
    signal: AbortSignal | undefined,
  ): Promise<DnsResponse | null> {
    const id = this.random(2).readUInt16BE(0);
    const query = encodeQuery(id, name, type);
    const socket = this.options.network.bindUdp();
    return new Promise((resolve, reject) => {
      const settle = (outcome: () => void): void => {
        cancel();
        signal?.removeEventListener('abort', onAbort);
        socket.close();
        outcome();
      };
      const onAbort = (): void => settle(() => reject(signal?.reason as Error));
      const cancel = this.clock.setTimer(() => settle(() => resolve(null)), timeoutMs);
      signal?.addEventListener('abort', onAbort, { once: true });
      socket.on('message', (data, source) => {
        if (source.address !== this.server || source.port !== DNS_PORT) return;
        const response = decodeResponse(data);
        if (response !== null && answers(response, id, name, type)) settle(() => resolve(response));
      });
      socket.on('unreachable', () =>
        settle(() => reject(dnsError('ECONNREFUSED', name, 'was not taken: there is no name server'))),
      );
      socket.send(query, DNS_PORT, this.server);
    });
  }

  private async askByTcp(name: string, type: number, signal: AbortSignal | undefined): Promise<DnsResponse> {
    const { network } = this.options;
    const stream = await network.connect({ address: this.server, port: DNS_PORT, timeoutMs: TCP_TIMEOUT_MS, signal });
    const id = this.random(2).readUInt16BE(0);
    const query = encodeQuery(id, name, type);
    const length = Buffer.alloc(2);
    length.writeUInt16BE(query.length);
    return new Promise((resolve, reject) => {
      let received = Buffer.alloc(0);
      const settle = (outcome: () => void): void => {
        cancel();
        signal?.removeEventListener('abort', onAbort);
        stream.removeAllListeners();
        stream.on('error', () => undefined);
        stream.destroy();
        outcome();
      };
      const onAbort = (): void => settle(() => reject(signal?.reason as Error));
      const fail = (): void =>
        settle(() => reject(dnsError('EBADRESP', name, 'was answered with something unreadable')));
      const cancel = this.clock.setTimer(
        () => settle(() => reject(dnsError('ETIMEOUT', name, 'was not answered by the name server in time'))),
        TCP_TIMEOUT_MS,
      );
      signal?.addEventListener('abort', onAbort, { once: true });
      stream.on('error', (error) => settle(() => reject(error)));
      stream.on('end', fail);
      stream.on('data', (chunk: Buffer) => {
        received = Buffer.concat([received, chunk]);
        if (received.length < 2 || received.length < 2 + received.readUInt16BE(0)) return;
        const response = decodeResponse(received.subarray(2, 2 + received.readUInt16BE(0)));
        if (response === null || !answers(response, id, name, type)) fail();
        else settle(() => resolve(response));
      });
      stream.write(Buffer.concat([length, query]));
    });
  }
}

function answers(response: DnsResponse, id: number, name: string, type: number): boolean {
  return response.id === id && response.question.name === normal(name) && response.question.type === type;
}

/** What is said of `name`, or of the name that it is an alias of. */
function valuesOf(response: DnsResponse, name: string, type: number): string[] {
  let current = normal(name);
  for (let aliases = 0; aliases < MAX_ALIASES; aliases += 1) {
    const about = response.answers.filter((record) => record.name === current);
    const values = about.filter((record) => record.type === type).map((record) => record.value);
    const alias = about.find((record) => record.type === RecordType.cname);
    if (values.length > 0 || alias === undefined) return values;
    current = alias.value;
  }
  return [];
}

function normal(name: string): string {
  return name.replace(/\.$/, '').toLowerCase();
}

function dnsError(code: string, name: string, what: string): Error {
  return Object.assign(new Error(`The name ${name} ${what}.`), { code, hostname: name });
}
