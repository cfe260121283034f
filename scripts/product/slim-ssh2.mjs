// What the bundler does to the SSH library.
import { changed } from './lighter.mjs';

/**
 * ssh2 opens a decompressor when it is loaded, to see of what class it is, and signs and verifies something, to see whether there is
 * Ed25519: first connections wait for that. Compression is loaded for a server that wants it; every Node of ours has Ed25519, except where
 * the rules of FIPS are switched on.
 */
const inZlib = [
  [
    `const {
  createInflate,
  constants: {
    DEFLATE,
    INFLATE,
    Z_DEFAULT_CHUNK,
    Z_DEFAULT_COMPRESSION,
    Z_DEFAULT_MEMLEVEL,
    Z_DEFAULT_STRATEGY,
    Z_DEFAULT_WINDOWBITS,
    Z_PARTIAL_FLUSH,
  }
} = require('zlib');
const ZlibHandle = createInflate()._handle.constructor;`,
    "const zlib = require('zlib');",
  ],
  ['new ZlibHandle(', 'new (zlib.createInflate()._handle.constructor)('],
  ['new Zlib(DEFLATE)', 'new Zlib(zlib.constants.DEFLATE)'],
  ['new Zlib(INFLATE)', 'new Zlib(zlib.constants.INFLATE)'],
  ...['CHUNK', 'COMPRESSION', 'MEMLEVEL', 'STRATEGY', 'WINDOWBITS'].map((name) => [
    `= Z_DEFAULT_${name};`,
    `= zlib.constants.Z_DEFAULT_${name};`,
  ]),
  ['Z_PARTIAL_FLUSH', 'zlib.constants.Z_PARTIAL_FLUSH'],
];
const inConstants = [
  [
    `      sig = crypto.sign(null, data, key);
      verified = crypto.verify(null, data, key, sig);`,
    '      return crypto.getFips() === 0;',
  ],
];

/** Of ssh2 nobody here uses HTTP through SSH, and few use an agent that is a program. */
export const slimSsh2 = {
  name: 'slim-ssh2',
  setup(build) {
    build.onLoad({ filter: /ssh2[\\/]lib[\\/]http-agents\.js$/ }, () => ({ contents: 'module.exports = {};' }));
    for (const [name, replacements] of Object.entries({ zlib: inZlib, constants: inConstants })) {
      build.onLoad({ filter: new RegExp(`ssh2[\\\\/]lib[\\\\/]protocol[\\\\/]${name}\\.js$`) }, ({ path: file }) => ({
        contents: changed(file, replacements),
      }));
    }
    build.onLoad({ filter: /ssh2[\\/]lib[\\/]agent\.js$/ }, ({ path: file }) => ({
      contents: changed(file, [
        [
          "const { execFile, spawn } = require('child_process');",
          "const execFile = (...all) => require('child_process').execFile(...all); const spawn = (...all) => require('child_process').spawn(...all);",
        ],
      ]),
    }));
  },
};
