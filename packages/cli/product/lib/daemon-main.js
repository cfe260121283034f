'use strict';
const { load } = require('./load.js');

load('daemon').main();
