'use strict';
// Of debug, which looks at the terminal at every start: nothing, unless somebody has asked for it.
const silent = (namespace) =>
  Object.assign(() => undefined, { namespace, enabled: false, extend: (more) => silent(`${namespace}:${more}`) });

module.exports = process.env.DEBUG
  ? require('debug')
  : Object.assign(silent, { enable: () => undefined, disable: () => '', enabled: () => false });
