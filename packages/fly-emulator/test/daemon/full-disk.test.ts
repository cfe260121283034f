import { isFullDisk } from '../../src/daemon/full-disk.js';

test.each([
  [Object.assign(new Error('write'), { code: 'ENOSPC' }), true],
  [new Error('ENOSPC: no space left on device, write'), true],
  [new Error('EDQUOT: disk quota exceeded, write'), true],
  [Object.assign(new Error('ENOSPC: said by something else'), { code: 'EACCES' }), false],
  [new Error('the port is in use'), false],
])('a disk that is full is known by the code or by what the daemon said: %s', (error, expected) => {
  expect(isFullDisk(error)).toBe(expected);
});
