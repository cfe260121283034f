import { Command } from '@oclif/core';
import { stateDirFlag } from '../../daemon/state-dir-flag.js';

export default class EmulatorEnv extends Command {
  static override summary = 'Print the variables that point any Fly client at the embedded Fly.';
  static override description =
    'The token in it is worth nothing outside this computer. Fails when the embedded Fly does not run.';
  static override examples = [
    { description: 'Use it from this shell', command: 'eval "$(<%= config.bin %> <%= command.id %>)"' },
    { description: 'As JSON', command: '<%= config.bin %> <%= command.id %> --json' },
  ];
  static override enableJsonFlag = true;
  static override flags = { 'state-dir': stateDirFlag };

  async run() {
    const { flags } = await this.parse(EmulatorEnv);
    const { requireDaemon } =
      require('../../daemon/require-daemon.js') as typeof import('../../daemon/require-daemon.js');
    const { env } = await requireDaemon(this, flags['state-dir']);
    for (const [name, value] of Object.entries(env)) this.log(`export ${name}='${value.replaceAll("'", `'\\''`)}'`);
    return env;
  }
}
