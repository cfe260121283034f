'use strict';
const { describe, test } = require('node:test');
const { testConformance } = require('@sindri/testkit');
const { createSubject } = require('../conformance.js');

testConformance(createSubject(), { describe, test });
