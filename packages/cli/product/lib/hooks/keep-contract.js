'use strict';
const { load } = require('../load.js');

module.exports = load('sindri').hooks.keepContract();
