import { isIPv6 } from 'node:net';
import { AllowedIps } from '../../src/device/allowed-ips.js';
import { formatAddress, parseAddress, parsePrefix } from '../../src/ip/address.js';
import { foldChecksum, sumBytes, writeChecksum } from '../../src/ip/checksum.js';
import { seededBytes } from '../support/random.js';

describe('an IPv6 address', () => {
  // RFC 5952, and 6PN addresses as Fly writes them.
  it.each([
    ['fdaa:0:18:a7b:d6b:0:a:2', 'fdaa:0:18:a7b:d6b:0:a:2'],
    ['FDAA:0000:0018::0003', 'fdaa:0:18::3'],
    ['::', '::'],
    ['::1', '::1'],
    ['1::', '1::'],
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['[fdaa::3]', 'fdaa::3'],
    ['::ffff:192.0.2.1', '::ffff:c000:201'],
  ])('%s is %s', (text, canonical) => {
    expect(formatAddress(parseAddress(text))).toBe(canonical);
  });

  it.each(['', '192.0.2.1', 'fdaa', 'fdaa::1::2', 'fe80::1%eth0', '[fdaa::3', 'x::1'])('is not "%s"', (text) => {
    expect(() => parseAddress(text)).toThrow(TypeError);
  });

  it('is one wherever Node takes it for one, without a zone', () => {
    const random = seededBytes(10);
    const pieces = [
      ':',
      '::',
      '0',
      '1',
      'ff',
      'FDAA',
      '12345',
      'g',
      '1.2.3.4',
      '256.1.1.1',
      '01.2.3.4',
      '1:2:3:4',
      '.',
      ' ',
    ];
    for (let round = 0; round < 20_000; round += 1) {
      const text = [...random(1 + (round % 9))].map((byte) => pieces[byte % pieces.length]).join(round % 2 ? '' : ':');
      const isAddress = (): boolean => {
        try {
          return parseAddress(text).length === 16;
        } catch {
          return false;
        }
      };
      expect([text, isAddress()]).toEqual([text, isIPv6(text)]);
    }
  });

  it('has a prefix', () => {
    const { address, length } = parsePrefix('fdaa:0:18:a7b::9/50');
    expect([formatAddress(address), length]).toEqual(['fdaa:0:18::', 50]);
    expect(parsePrefix('::1').length).toBe(128);
    for (const wrong of ['::/129', '::/x', '::/-1', '::/1/2', '10.0.0.0/8']) {
      expect(() => parsePrefix(wrong)).toThrow(TypeError);
    }
  });
});

describe('allowed addresses', () => {
  const find = (routes: AllowedIps<string>, address: string) => routes.find(parseAddress(address), 0);

  it('belong to the longest prefix', () => {
    const routes = new AllowedIps<string>();
    routes.add('::/0', 'all');
    routes.add('fdaa:0:18::/48', 'organization');
    routes.add('fdaa:0:18:a7b:d6b:0:a:100/120', 'peer');
    routes.add('fdaa:0:20::/43', 'odd');
    expect(find(routes, '2001:db8::1')).toBe('all');
    expect(find(routes, 'fdaa:0:18:1::1')).toBe('organization');
    expect(find(routes, 'fdaa:0:18:a7b:d6b:0:a:1ff')).toBe('peer');
    expect(find(routes, 'fdaa:0:3f::1')).toBe('odd');
    expect(find(routes, 'fdaa:0:40::1')).toBe('all');
  });

  it('are taken over, and given back', () => {
    const routes = new AllowedIps<string>();
    routes.add('fdaa::/16', 'first');
    expect(find(routes, 'fdaa::1')).toBe('first');
    routes.add('fdaa::/16', 'second');
    expect(find(routes, 'fdaa::1')).toBe('second');
    routes.remove('first');
    expect(find(routes, 'fdaa::1')).toBe('second');
    routes.remove('second');
    expect(find(routes, 'fdaa::1')).toBeUndefined();
  });
});

describe('the checksum', () => {
  /** As RFC 1071 says it, 16 bits at a time. */
  function simple(bytes: Buffer): number {
    let sum = 0;
    for (let at = 0; at < bytes.length; at += 2) sum += ((bytes[at] as number) << 8) + (bytes[at + 1] ?? 0);
    while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
    return ~sum & 0xffff;
  }

  it('is that of RFC 1071, for every length and alignment', () => {
    const random = seededBytes(2);
    const written = Buffer.alloc(2);
    const wrong: string[] = [];
    for (let offset = 0; offset < 8; offset += 1) {
      for (let length = 0; length < 70; length += 1) {
        const bytes = random(offset + length + 3).subarray(offset, offset + length);
        writeChecksum(written, 0, foldChecksum(sumBytes(bytes, 0, length)));
        if (written.readUInt16BE(0) !== simple(bytes)) wrong.push(`${offset}+${length}`);
      }
    }
    const ones = Buffer.alloc(65_534, 0xff);
    writeChecksum(written, 0, foldChecksum(sumBytes(ones, 0, ones.length)));
    expect(written.readUInt16BE(0)).toBe(simple(ones));
    expect(wrong).toEqual([]);
  });
});
