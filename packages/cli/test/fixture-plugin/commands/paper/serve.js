const { Command } = require('@oclif/core');

/** The local emulator: prints a lot, as commands do, and says how to reach it. */
module.exports = class Serve extends Command {
  static enableJsonFlag = true;
  static description = 'Pretend to start something.';

  async run() {
    await this.parse(Serve);
    this.log('starting, at length');
    return { env: { PAPER_TOKEN: 'paper-local-token' } };
  }
};
