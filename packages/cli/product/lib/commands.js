'use strict';
module.exports = require('./load.js').file('commands.js');
