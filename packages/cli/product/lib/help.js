'use strict';
module.exports = require('./load.js').file('help.js');
