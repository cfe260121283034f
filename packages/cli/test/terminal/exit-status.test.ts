import { exitStatus, signalStatus } from '../../src/terminal/exit-status.js';

test('the remote code, 128 plus the signal, or 255', () => {
  expect(exitStatus({ code: 0, signal: null })).toBe(0);
  expect(exitStatus({ code: 42, signal: null })).toBe(42);
  expect(exitStatus({ code: null, signal: 'KILL' })).toBe(137);
  expect(exitStatus({ code: null, signal: 'NONSENSE' })).toBe(255);
  expect(exitStatus({ code: null, signal: null })).toBe(255);
  expect(signalStatus('INT')).toBe(130);
  expect(signalStatus('TERM')).toBe(143);
});
