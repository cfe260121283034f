'use strict';
const { setFlagsFromString } = require('node:v8');

/** Compile all of it at once, and without the counters that call for optimised code. */
const quickly = ['wasm-lazy-compilation', 'wasm-tier-up', 'wasm-dynamic-tiering'];

/**
 * undici's parser is WebAssembly, of which V8 makes optimised code with the first request: that takes longer than most commands and
 * half of their memory, and pays after thousands of requests. So it is compiled once, quickly. The options hold for this one module
 * and are set back at once: while they differ, V8 refuses the code that Node has kept of its own modules, and we of ours. Seen to
 * work on Node 20, 22 and 24.
 */
function compileParser(bytes) {
  for (const option of quickly) setFlagsFromString(`--no-${option}`);
  try {
    return new WebAssembly.Module(bytes);
  } finally {
    for (const option of quickly) setFlagsFromString(`--${option}`);
  }
}

module.exports = { compileParser };
