'use strict';
const { load } = require('./load.js');

exports.commands = load('sindri').commands;
