'use strict';
const fs = require('node:fs');

/**
 * A file in an array buffer with room for a second one of about its size. What costs most in reading megabytes is memory that nobody has
 * touched before: what is read into the same place once the first is done with has that for nothing. Room that is not used costs
 * nothing.
 */
function readReusing(file) {
  const handle = fs.openSync(file, 'r');
  try {
    const { size } = fs.fstatSync(handle);
    return fill(handle, size, Buffer.allocUnsafeSlow(2 * size).buffer);
  } finally {
    fs.closeSync(handle);
  }
}

/** The whole of an open file, in `memory` when there is room. Throws when the file has become shorter. */
function fill(handle, size, memory) {
  const bytes = memory.byteLength < size ? Buffer.allocUnsafeSlow(size) : Buffer.from(memory, 0, size);
  for (let at = 0; at < size;) {
    const read = fs.readSync(handle, bytes, at, size - at, at);
    if (read === 0) throw new Error('the file has become shorter');
    at += read;
  }
  return bytes;
}

module.exports = { fill, readReusing };
