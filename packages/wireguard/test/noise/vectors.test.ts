import { createInitiation, createResponse, openInitiation, openResponse } from '../../src/noise/handshake.js';
import { PrivateKey, PublicKey } from '../../src/noise/keys.js';
import { MacChecker, MacWriter } from '../../src/noise/macs.js';
import { Session } from '../../src/device/session.js';
import vectors from './vectors.json';
import { VirtualClock } from '../support/virtual-clock.js';

const hex = (text: string): Buffer => Buffer.from(text, 'hex');
const index = (text: string): number => hex(text).readUInt32LE(0);

describe.each(vectors.cases)('a handshake computed by another implementation, $name', (vector) => {
  const presharedKey = hex(vector.presharedKey);
  const initiator = new PrivateKey(hex(vector.initiatorStatic));
  const responder = new PrivateKey(hex(vector.responderStatic));
  const initiatorRandom = (): Buffer => hex(vector.initiatorEphemeral);
  const responderRandom = (): Buffer => hex(vector.responderEphemeral);
  const initiatorIndex = index(vector.initiatorIndex);
  const responderIndex = index(vector.responderIndex);

  const begin = (): ReturnType<typeof createInitiation> =>
    createInitiation(initiator, responder.publicKey, initiatorIndex, hex(vector.timestamp), initiatorRandom);
  const answer = (): NonNullable<ReturnType<typeof createResponse>> => {
    const opened = openInitiation(responder, hex(vector.initiation), () => initiator.publicKey);
    if (opened === null) throw new Error('The initiation was not opened.');
    const response = createResponse(opened, initiator.publicKey, presharedKey, responderIndex, responderRandom);
    if (response === null) throw new Error('There is no response.');
    return response;
  };

  it('has our initiation, byte for byte', () => {
    const { message } = begin();
    new MacWriter(responder.publicKey.raw).write(message, 0);
    expect(message.toString('hex')).toBe(vector.initiation);
  });

  it('has our response, byte for byte', () => {
    const { message } = answer();
    new MacWriter(initiator.publicKey.raw).write(message, 0);
    expect(message.toString('hex')).toBe(vector.response);
  });

  it('tells the responder who it is and when', () => {
    const opened = openInitiation(responder, hex(vector.initiation), (raw) => new PublicKey(raw));
    expect(opened?.remoteStatic.equals(initiator.publicKey.raw)).toBe(true);
    expect(opened?.timestamp.toString('hex')).toBe(vector.timestamp);
    expect(opened?.remoteIndex).toBe(initiatorIndex);
  });

  it('leads to the same keys on both sides', () => {
    const fromResponse = openResponse(initiator, begin().pending, presharedKey, hex(vector.response));
    if (fromResponse === null) throw new Error('The response was not opened.');
    expect(fromResponse.remoteIndex).toBe(responderIndex);
    const clock = new VirtualClock();
    const sides = [
      [new Session(fromResponse, initiatorIndex, true, clock), vector.firstFromInitiator],
      [new Session(answer().keys, responderIndex, false, clock), vector.firstFromResponder],
    ] as const;
    for (const [session, expected] of sides) {
      const [, body, tag] = session.seal(hex(vector.plaintext));
      expect(Buffer.concat([body, tag]).toString('hex')).toBe(expected);
    }
  });

  it('has a cookie that we take and answer with', () => {
    const writer = new MacWriter(responder.publicKey.raw);
    const { message } = begin();
    writer.write(message, 0);
    expect(writer.takeCookie(hex(vector.cookieReply), 0)).toBe(true);
    writer.write(message, 1);
    expect(message.subarray(132).toString('hex')).toBe(vector.initiationMac2);
  });

  it.each([8, 40, 90, 130])('is refused when one bit of the initiation is wrong, at byte %i', (at) => {
    const message = hex(vector.initiation);
    message[at] = (message[at] as number) ^ 1;
    const checker = new MacChecker(responder.publicKey.raw, () => Buffer.alloc(32));
    expect(checker.hasValidMac1(message)).toBe(at >= 132);
    const opened = openInitiation(responder, message, (raw) => new PublicKey(raw));
    expect(opened === null).toBe(at < 116);
  });
});
