import { isSindriError, systemClock } from '@sindri/core';
import { availability } from '../../src/connection/availability';
import { automaticOpener, clientAccess, methodNamed, openerFor } from '../../src/connection/choose-method';
import { connectionMethods, methods } from '../../src/connection/methods/index';
import type { FlyConnectionMethod } from '../../src/connection/methods/method';
import { sshDestination } from '../../src/connection/ssh-destination';
import type { IpsData } from '../../src/model';
import { openAddresses, openThrough, type SshAddress } from '@sindri/ssh';

const ip = (type: IpsData['items'][number]['type'], text: string) => ({ ip: text, type, region: 'global' });
const v6 = ip('v6', '2a09:8280:1::1');
const v4 = ip('v4', '203.0.113.7');
const shared = ip('shared_v4', '203.0.113.8');
const privateV6 = ip('private_v6', 'fdaa:0:1::1');

const names = { sshPort: 10022, internalPort: 2222 };
/** A machine with a port for SSH inside TLS. */
const withTls = { services: [{ internal_port: 2222, ports: [{ port: 10022 }, { port: 443, handlers: ['tls'] }] }] };
const at = (...ips: IpsData['items']) => sshDestination(null, ips, names);
const streams = {
  openAddresses,
  openTls: (addresses: readonly SshAddress[]) => openAddresses(addresses, { tls: { serverName: 'app.fly.dev' } }),
  openInside: (port: number) => openThrough(`inside:${port}`, () => Promise.reject(new Error('not here'))),
};

const named = (name: string) => methodNamed(name) as FlyConnectionMethod;

describe('the connection methods', () => {
  it('are data for core, and nothing more', () => {
    expect(connectionMethods.map(({ name }) => name)).toEqual(['direct', 'dedicated', 'tls', 'proxy', 'hallpass']);
    expect(JSON.parse(JSON.stringify(connectionMethods))).toEqual(connectionMethods);
    for (const method of connectionMethods) expect(Object.keys(method).sort()).toEqual(['name', 'needs', 'title']);
  });

  it.each([
    ['no address', [], 443, ['direct', 'dedicated', 'tls']],
    ['addresses that carry no SSH', [shared, privateV6], 443, ['direct', 'dedicated']],
    ['IPv6 alone', [v6, shared], 443, ['dedicated']],
    ['both', [v4, v6], 443, []],
    ['no port for TLS', [v4, v6], null, ['tls']],
  ])('tell why they cannot work, with the remedy: %s', (_title, ips, tlsPort, unavailable) => {
    const states = availability({ ips, tlsPort });
    expect(states.map(({ method }) => method)).toEqual(methods.map(({ name }) => name));
    expect(states.filter((state) => state.unavailable !== null).map(({ method }) => method)).toEqual(unavailable);
    for (const { unavailable: why } of states) expect(why ?? 'The x: y.').toMatch(/^The .+: .+\.$/);
  });

  it('an error says the same as the summary', () => {
    for (const { method: name, unavailable: why } of availability({ ips: [], tlsPort: null })) {
      // Through the private network there is always a way.
      if (why === null) continue;
      const error: unknown = (() => {
        try {
          return openerFor(named(name), at(), streams);
        } catch (thrown) {
          return thrown;
        }
      })();
      if (!isSindriError(error)) throw new Error('no obstacle');
      expect(`${error.message} ${error.hint}`.replace('. ', ': ').toLowerCase()).toBe(why.toLowerCase());
    }
  });

  it('`auto` uses every address that carries SSH, the widely reachable one first, then TLS', () => {
    expect(automaticOpener(at(v6, v4, shared), streams)?.where).toBe('203.0.113.7:10022, [2a09:8280:1::1]:10022');
    const destination = sshDestination(withTls, [v6, shared], names);
    expect(automaticOpener(destination, streams)?.where).toBe('[2a09:8280:1::1]:10022 (and one other way)');
    const first = { before: 'tls', edgeOnly: true };
    expect(automaticOpener(destination, streams, first)?.where).toBe(
      '203.0.113.8:443, [2a09:8280:1::1]:443 (and one other way)',
    );
    expect(automaticOpener(at(shared), streams, { edgeOnly: true })).toBeNull();
    // What is left is the private network.
    expect(automaticOpener(at(shared), streams)?.where).toBe('inside:2222');
  });

  it('`auto` tries what has worked last first, and tells of each why it does not work', async () => {
    const tried: string[] = [];
    const failing = (name: string) =>
      openThrough(name, () => {
        tried.push(name);
        return Promise.reject(new Error('blocked'));
      });
    const blocked = {
      openAddresses: () => failing('edge'),
      openTls: () => failing('tls'),
      openInside: () => failing('inside'),
    };
    const open = (before: string | null, config: Record<string, unknown>) => {
      const via = automaticOpener(sshDestination(config, [v6], names), blocked, { before });
      const signal = new AbortController().signal;
      return via?.open({ signal, clock: systemClock, timeoutMs: 1_000 });
    };
    await expect(open('proxy', {})).rejects.toMatchObject({
      code: 'SSH_UNREACHABLE',
      message: expect.stringMatching(
        /^No SSH connection could be made: inside failed: blocked; edge failed: blocked; tls cannot be used \(the machine has no port/,
      ),
    });
    expect(tried).toEqual(['inside', 'edge']);
    tried.length = 0;
    await expect(open(null, withTls)).rejects.toMatchObject({ code: 'SSH_UNREACHABLE' });
    expect(tried).toEqual(['edge', 'tls', 'inside']);
  });

  it('`dedicated` uses the rented IPv4 alone', () => {
    expect(openerFor(named('dedicated'), at(v6, v4), streams).where).toBe('203.0.113.7:10022');
  });

  it('`tls` goes over every public address, the free IPv4 too', () => {
    const destination = sshDestination(withTls, [v6, shared, privateV6], names);
    expect(openerFor(named('tls'), destination, streams).where).toBe('203.0.113.8:443, [2a09:8280:1::1]:443');
  });

  it('without IPv4, what to do on a network without IPv6 is said', () => {
    expect(automaticOpener(at(v6), streams)?.hint).toContain('dedicatedIpv4: true');
    expect(automaticOpener(at(v6, v4), streams)?.hint).toBeUndefined();
  });

  it('tell an SSH client of the user where to go', () => {
    expect(clientAccess(at(v6))).toEqual({
      addresses: [{ host: '2a09:8280:1::1', port: 10022, note: 'dedicated IPv6' }],
    });
    // Other ways take more than an address.
    expect(clientAccess(at())).toEqual({ addresses: [] });
  });
});

describe('where SSH is', () => {
  const service = (ports: object[], internal = 2222) => ({ services: [{ internal_port: internal, ports }] });

  it.each([
    ['nothing published', {}, 10022, null],
    ['another port than the config wants', service([{ port: 10023 }]), 10023, null],
    ['a port with a handler is no raw TCP', service([{ port: 443, handlers: ['tls'] }, { port: 10024 }]), 10024, 443],
    ['HTTP is no TLS alone', service([{ port: 443, handlers: ['http', 'tls'] }, { port: 10024 }]), 10024, null],
    ['another service', service([{ port: 8080 }, { port: 443, handlers: ['tls'] }], 8080), 10022, null],
    ['nonsense', { services: [null, { internal_port: 2222, ports: 'x' }] }, 10022, null],
  ])('%s', (_title, config, port, tlsPort) => {
    expect(sshDestination(config, [v6], names)).toEqual({
      user: 'developer',
      port,
      tlsPort,
      internalPort: names.internalPort,
      ips: [v6],
    });
  });
});
