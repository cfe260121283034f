'use strict';
module.exports = require('../load.js').file('hooks/command-not-found.js');
