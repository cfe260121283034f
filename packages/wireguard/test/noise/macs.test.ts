import { createInitiation } from '../../src/noise/handshake.js';
import { PrivateKey } from '../../src/noise/keys.js';
import { MacChecker, MacWriter } from '../../src/noise/macs.js';
import { ReplayWindow } from '../../src/noise/replay-window.js';
import { tai64n, TimestampSource } from '../../src/noise/timestamp.js';
import { seededBytes } from '../support/random.js';

const random = seededBytes(3);

function initiation(responder: PrivateKey): Buffer {
  return createInitiation(PrivateKey.generate(random), responder.publicKey, 5, Buffer.alloc(12), random).message;
}

describe('cookies', () => {
  const responder = PrivateKey.generate(random);
  const checker = new MacChecker(responder.publicKey.raw, random);
  const writer = new MacWriter(responder.publicKey.raw);
  const message = initiation(responder);

  it('are proof of an address until they are too old', () => {
    writer.write(message, 0);
    expect(checker.hasValidMac1(message)).toBe(true);
    expect(checker.hasValidMac2(message, '192.0.2.1:7', 0)).toBe(false);
    expect(writer.takeCookie(checker.createCookieReply(message, '192.0.2.1:7', 0), 0)).toBe(true);
    writer.write(message, 119_000);
    expect(checker.hasValidMac2(message, '192.0.2.1:7', 119_000)).toBe(true);
    expect(checker.hasValidMac2(message, '192.0.2.1:8', 119_000)).toBe(false);
    writer.write(message, 120_000);
    expect(message.subarray(132).equals(Buffer.alloc(16))).toBe(true);
  });

  it('are not taken when they answer another message', () => {
    const other = new MacWriter(responder.publicKey.raw);
    other.write(initiation(responder), 0);
    expect(other.takeCookie(checker.createCookieReply(message, '192.0.2.1:7', 0), 0)).toBe(false);
  });
});

describe('time stamps', () => {
  it('are TAI64N, rounded so that they tell little', () => {
    expect(tai64n(0).toString('hex')).toBe('400000000000000a00000000');
    expect(tai64n(1_735_689_600_500).toString('hex').slice(0, 16)).toBe('400000006774858a');
    expect(tai64n(500).readUInt32BE(8) % 2 ** 24).toBe(0);
  });

  it('grow even when the clock goes back', () => {
    const source = new TimestampSource();
    const stamps = [5_000_000, 5_000_000, 4_000_000, 5_000_001, 0].map((time) => source.next(time));
    for (let at = 1; at < stamps.length; at += 1) {
      expect((stamps[at] as Buffer).compare(stamps[at - 1] as Buffer)).toBe(1);
    }
  });
});

describe('the replay window', () => {
  it('takes each counter once, in any order', () => {
    const window = new ReplayWindow();
    const counters = [0, 1, 5, 3, 8_000, 2, 31, 32, 33, 8_191, 8_192, 20_000];
    expect(counters.filter((counter) => !window.accept(counter))).toEqual([]);
    expect(counters.filter((counter) => window.accept(counter))).toEqual([]);
  });

  it('refuses what is too old, and takes the oldest that is not', () => {
    const window = new ReplayWindow();
    window.accept(100_000);
    expect(window.accept(100_000 - 8_160)).toBe(false);
    expect(window.accept(100_000 - 8_159)).toBe(true);
  });

  it('agrees with a set, at random', () => {
    const window = new ReplayWindow();
    const seen = new Set<number>();
    const numbers = seededBytes(9);
    let newest = 0;
    let wrong = 0;
    for (let step = 0; step < 50_000; step += 1) {
      const jump = numbers(2).readUInt16LE(0) % 9_000;
      const counter = Math.max(0, newest + 40 - jump);
      const expected = !seen.has(counter) && counter > newest - 8_160;
      if (window.accept(counter) !== expected) wrong += 1;
      if (expected) seen.add(counter);
      newest = Math.max(newest, counter);
    }
    expect(wrong).toBe(0);
  });
});
