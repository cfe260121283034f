'use strict';
module.exports = require('../load.js').file('hooks/keep-contract.js');
