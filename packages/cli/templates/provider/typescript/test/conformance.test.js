'use strict';
const { describe, test } = require('node:test');
const { testConformance } = require('@sindri/testkit');
const { createSubject } = require('../dist/conformance.js');

testConformance(createSubject(), { describe, test });
