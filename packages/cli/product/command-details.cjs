'use strict';
const { readFileSync } = require('node:fs');
const path = require('node:path');

/**
 * The framework's manifest names all commands at every start. Ours has the flags and texts of each, which is most of it, in a file
 * beside it, and that is read when somebody asks for one of them: help does, running a command does not. What most commands have in common
 * is in it once.
 */
function withDetails(manifest, file) {
  if (manifest.details === undefined) return manifest;
  const { names, file: beside, usual } = manifest.details;
  let read;
  const details = () => (read ??= JSON.parse(readFileSync(path.join(path.dirname(file), beside), 'latin1')));
  const detailed = Object.defineProperties(
    { ...usual },
    Object.fromEntries(names.map((name) => [name, detail(name, details)])),
  );
  for (const [id, command] of Object.entries(manifest.commands)) {
    command[ID] = id;
    Object.setPrototypeOf(command, detailed);
  }
  return manifest;
}

/** Under which a command's details are found; an alias has those of its command. */
const ID = Symbol('id of the details');

function detail(name, details) {
  return {
    get() {
      return details()[this[ID]][name];
    },
    set(value) {
      Object.defineProperty(this, name, { value, writable: true, enumerable: true, configurable: true });
    },
  };
}

/** The command with some other members, its details still unread. */
function copyOf(command, others) {
  return Object.assign(Object.create(Object.getPrototypeOf(command)), command, others);
}

/** The topic that takes its description from a command of its name, once somebody asks for it. */
function topicOf(command, name) {
  let own;
  return {
    name,
    get description() {
      return own ?? command.summary ?? command.description;
    },
    set description(text) {
      own = text;
    },
  };
}

module.exports = { copyOf, topicOf, withDetails };
