const { Command } = require('@oclif/core');

/** A command of a plugin that fails with a status of its own. */
module.exports = class Fail extends Command {
  static description = 'Fail.';

  async run() {
    await this.parse(Fail);
    this.error('The printer is on fire', { exit: 3 });
  }
};
