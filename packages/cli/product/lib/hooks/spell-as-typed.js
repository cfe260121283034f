'use strict';
module.exports = require('../load.js').file('hooks/spell-as-typed.js');
