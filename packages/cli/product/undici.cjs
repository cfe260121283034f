'use strict';
// The parts of undici that are used, each loaded with its first use: the whole of it is as large as everything else together.

/** `request` as undici itself makes it of its parts. */
function request(url, options) {
  const { parseURL } = require('undici-whole/lib/core/util.js');
  if (options?.dispatcher === undefined) throw new TypeError('a dispatcher is needed');
  const { origin, search, pathname } = parseURL(url);
  const perform = require('undici-whole/lib/api/api-request.js');
  return perform.call(options.dispatcher, {
    ...options,
    origin,
    path: search ? `${pathname}${search}` : pathname,
    method: options.method || (options.body ? 'PUT' : 'GET'),
  });
}

module.exports = {
  request,
  get Dispatcher() {
    return require('undici-whole/lib/dispatcher/dispatcher.js');
  },
  get Agent() {
    return require('undici-whole/lib/dispatcher/agent.js');
  },
  get Client() {
    return require('undici-whole/lib/dispatcher/client.js');
  },
  get Pool() {
    return require('undici-whole/lib/dispatcher/pool.js');
  },
  get ProxyAgent() {
    return require('undici-whole/lib/dispatcher/proxy-agent.js');
  },
  get buildConnector() {
    return require('undici-whole/lib/core/connect.js');
  },
  get errors() {
    return require('undici-whole/lib/core/errors.js');
  },
};
