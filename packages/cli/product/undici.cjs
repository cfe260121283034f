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

/** Every dispatcher can also be called itself, which undici adds when the whole of it is loaded. */
const calls = {
  request(...call) {
    return require('undici-whole/lib/api/api-request.js').apply(this, call);
  },
  upgrade(...call) {
    return require('undici-whole/lib/api/api-upgrade.js').apply(this, call);
  },
};

function dispatcher() {
  const Dispatcher = require('undici-whole/lib/dispatcher/dispatcher.js');
  return Object.hasOwn(Dispatcher.prototype, 'request') ? Dispatcher : callable(Dispatcher);
}

function callable(Dispatcher) {
  Object.assign(Dispatcher.prototype, calls);
  return Dispatcher;
}

/** A kind of dispatcher, with the calls that all have. */
function kind(load) {
  dispatcher();
  return load();
}

module.exports = {
  request,
  get Dispatcher() {
    return dispatcher();
  },
  get Agent() {
    return kind(() => require('undici-whole/lib/dispatcher/agent.js'));
  },
  get EnvHttpProxyAgent() {
    return kind(() => require('undici-whole/lib/dispatcher/env-http-proxy-agent.js'));
  },
  get Client() {
    return kind(() => require('undici-whole/lib/dispatcher/client.js'));
  },
  get Pool() {
    return kind(() => require('undici-whole/lib/dispatcher/pool.js'));
  },
  get ProxyAgent() {
    return kind(() => require('undici-whole/lib/dispatcher/proxy-agent.js'));
  },
  get buildConnector() {
    return require('undici-whole/lib/core/connect.js');
  },
  get errors() {
    return require('undici-whole/lib/core/errors.js');
  },
};
