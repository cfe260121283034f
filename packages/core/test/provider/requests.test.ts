import { readDial, readEvents, readExec, readHold, readLogs, readSession } from '../../src/provider/requests.js';
import { emptyWorld, fakeProvider } from '../fake-provider.js';

const provider = fakeProvider(emptyWorld(), {
  connectionMethods: [
    { name: 'direct', title: 'SSH to the address', needs: null },
    { name: 'tunnel', title: 'SSH through a tunnel', needs: 'UDP' },
  ],
});

describe('requests arrive normalised', () => {
  test('members that nobody gave are absent', () => {
    expect(readSession(provider, { command: undefined, env: undefined, instance: undefined })).toStrictEqual({});
    expect(readExec({ command: ['ls'], stdin: undefined, timeoutMs: undefined })).toStrictEqual({ command: ['ls'] });
    expect(readDial(provider, { port: 80, method: undefined })).toStrictEqual({ port: 80 });
    expect(readLogs({ follow: undefined, tail: undefined })).toStrictEqual({ follow: false });
    expect(readEvents({ tail: undefined, sinceMs: 7, instance: undefined })).toStrictEqual({ sinceMs: 7 });
    expect(readEvents({ tail: 0 })).toStrictEqual({ tail: 0 });
    expect(readHold(provider, { durationMs: 1, reason: ' ' })).toStrictEqual({ durationMs: 1, reason: 'on request' });
  });

  test('auto is the choice of the provider, which is what it gets without a choice', () => {
    expect(readSession(provider, { method: 'auto' })).toStrictEqual({});
    expect(readDial(provider, { port: 80, method: 'tunnel' })).toStrictEqual({ port: 80, method: 'tunnel' });
  });

  test('a terminal has a size that can be drawn on', () => {
    const terminal = { type: 'xterm', columns: 0, rows: Number.NaN };
    expect(readSession(provider, { terminal }).terminal).toEqual({ type: 'xterm', columns: 80, rows: 24 });
  });

  test('a method that the provider does not have is refused with those that it has', () => {
    expect(() => readSession(provider, { method: 'tunel' })).toThrow(
      expect.objectContaining({
        code: 'CONNECTION_METHOD_UNKNOWN',
        kind: 'usage',
        message: 'The provider "fake" has no connection method "tunel".',
        hint: 'Did you mean "tunnel"? It has: auto, direct, tunnel.',
      }),
    );
    expect(() => readDial(fakeProvider(emptyWorld()), { port: 80, method: 'direct' })).toThrow(
      expect.objectContaining({ code: 'CONNECTION_METHOD_UNKNOWN', hint: 'It has: auto.' }),
    );
  });

  test.each([
    [() => readDial(provider, { port: 0 }), '0 is no port: a port is a number from 1 to 65535.'],
    [() => readDial(provider, { port: 1.5 }), '1.5 is no port: a port is a number from 1 to 65535.'],
    [() => readExec({ command: [] }), 'A command is a program and its arguments, all of them texts.'],
    [() => readExec({ command: ['ls'], timeoutMs: 0 }), 'The time limit of a command must be more than 0 ms.'],
    [() => readLogs({ tail: -1 }), '"tail" is a number of lines.'],
    [() => readEvents({ tail: 1.5 }), '"tail" is a number of events.'],
  ])('what cannot be asked for is refused: %#', (read, message) => {
    expect(read).toThrow(expect.objectContaining({ code: 'USAGE', kind: 'usage', message }));
  });
});
