// What the bundler does to the SSH library, so that a first connection does not wait for what it does not use.
import path from 'node:path';
import { changed } from './lighter.mjs';

/** What is changed in ssh2: `[text, text instead]` by the file below its `lib`. */
const inSsh2 = {
  // Few use an agent that is a program.
  'agent.js': [
    [
      "const { execFile, spawn } = require('child_process');",
      "const execFile = (...all) => require('child_process').execFile(...all); const spawn = (...all) => require('child_process').spawn(...all);",
    ],
  ],
  // It is given open sockets, and looks up no names.
  'client.js': [
    ["const { lookup: dnsLookup } = require('dns');", "const dnsLookup = (...all) => require('dns').lookup(...all);"],
  ],
  'protocol/constants.js': [
    // Which processor this is it asks for code of its own alone, see below.
    [
      `try {
  cpuInfo = require('cpu-features')();
} catch {}
`,
      '',
    ],
    // It signs and verifies something to see whether there is Ed25519, which every Node of ours has, except by the rules of FIPS.
    [
      `      sig = crypto.sign(null, data, key);
      verified = crypto.verify(null, data, key, sig);`,
      '      return crypto.getFips() === 0;',
    ],
  ],
  'protocol/crypto.js': [
    // It looks for code of its own that was compiled when it was installed, which the product does not bring.
    [
      `try {
  binding = require('./crypto/build/Release/sshcrypto.node');
  ({ AESGCMCipher, ChaChaPolyCipher, GenericCipher,
     AESGCMDecipher, ChaChaPolyDecipher, GenericDecipher } = binding);
} catch {}
`,
      '',
    ],
    // Every connection waits until the WebAssembly of ChaCha20-Poly1305 is compiled, which is what only servers without AES get.
    [
      `    // eslint-disable-next-line no-async-promise-executor
    return new Promise(async (resolve, reject) => {
      try {
        POLY1305_WASM_MODULE = await require('./crypto/poly1305.js')();
        POLY1305_RESULT_MALLOC = POLY1305_WASM_MODULE._malloc(16);
        poly1305_auth = POLY1305_WASM_MODULE.cwrap(
          'poly1305_auth',
          null,
          ['number', 'array', 'number', 'array', 'number', 'array']
        );
      } catch (ex) {
        return reject(ex);
      }
      resolve();
    });
`,
      '    return Promise.resolve();\n',
    ],
    [
      'let poly1305_auth;\n',
      `let poly1305_auth;
function poly1305() {
  if (poly1305_auth === undefined) {
    POLY1305_WASM_MODULE = {};
    require('./crypto/poly1305.js')(POLY1305_WASM_MODULE);
    POLY1305_RESULT_MALLOC = POLY1305_WASM_MODULE._malloc(16);
    poly1305_auth = POLY1305_WASM_MODULE.cwrap(
      'poly1305_auth', null, ['number', 'array', 'number', 'array', 'number', 'array']);
  }
  return poly1305_auth;
}
`,
    ],
    ['poly1305_auth(POLY1305_RESULT_MALLOC,', 'poly1305()(POLY1305_RESULT_MALLOC,'],
    // Of each packet it makes three writes, and the other side reads as often.
    ['    this._onWrite(lenData);\n', ''],
    [
      `    const encrypted = cipher.update(packet.slice(4));
    this._onWrite(encrypted);
    const final = cipher.final();
    // XXX: final.length === 0 always?
    if (final.length)
      this._onWrite(final);
`,
      '    const encrypted = [cipher.update(packet.slice(4)), cipher.final()];\n',
    ],
    [
      `    const tag = cipher.getAuthTag();
    this._onWrite(tag);
`,
      '    this._onWrite(Buffer.concat([lenData, ...encrypted, cipher.getAuthTag()]));\n',
    ],
  ],
  // So it is compiled when a packet needs it, at once.
  'protocol/crypto/poly1305.js': [
    [
      'if(b.instantiateWasm)try{',
      'return a(new WebAssembly.Instance(new WebAssembly.Module(H(W)),e)),b.asm;if(b.instantiateWasm)try{',
    ],
  ],
  // It opens a decompressor to see of what class it is: that can wait for a server that compresses.
  'protocol/zlib.js': [
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
  ],
};

export const slimSsh2 = {
  name: 'slim-ssh2',
  setup(build) {
    // Nobody here uses HTTP through SSH.
    build.onLoad({ filter: /ssh2[\\/]lib[\\/]http-agents\.js$/ }, () => ({ contents: 'module.exports = {};' }));
    build.onLoad(
      { filter: /ssh2[\\/]lib[\\/](agent|client|protocol[\\/](constants|crypto|crypto[\\/]poly1305|zlib))\.js$/ },
      ({ path: file }) => {
        const [, name] = file.split(`ssh2${path.sep}lib${path.sep}`);
        return { contents: changed(file, inSsh2[name.replaceAll(path.sep, '/')]) };
      },
    );
  },
};
