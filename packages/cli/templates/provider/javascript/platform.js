'use strict';
// A platform to begin with: an environment is a file in a directory. Put calls to your own platform in the place of the file system.
const fs = require('node:fs/promises');
const path = require('node:path');

/** Errors are recognised by this mark: a provider needs no copy of @sindri/core to make one. */
exports.failure = (code, kind, message, hint) => {
  const error = Object.assign(new Error(message), { code, kind, hint, retryable: false, details: {} });
  return Object.defineProperty(error, Symbol.for('sindri.error/1'), { value: true });
};

/** The settings of an environment, `null` when there is none. Rejects when nobody knows. */
exports.read = async (place, name) => {
  try {
    return JSON.parse(await fs.readFile(path.join(place, `${name}.json`), 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return null;
    throw error;
  }
};

/** Makes an environment, or changes it. Done twice it is the same, and nobody ever sees half of it. */
exports.write = async (place, name, settings) => {
  const file = path.join(place, `${name}.json`);
  await fs.mkdir(place, { recursive: true });
  await fs.writeFile(`${file}.new`, JSON.stringify(settings));
  await fs.rename(`${file}.new`, file);
};

/** Removes an environment. That it is gone already is fine. */
exports.remove = (place, name) => fs.rm(path.join(place, `${name}.json`), { force: true });
