import { EmulatorCommand } from '../../command-line/emulator-command.js';
import { stateDirFlag } from '../../command-line/state-dir-flag.js';

export default class EmulatorEnv extends EmulatorCommand {
  static override summary = 'Print the variables that point any Fly client at the embedded Fly.';
  static override description =
    'The token in it is worth nothing outside this computer. Fails when the embedded Fly does not run.';
  static override examples = [
    { description: 'Use it from this shell', command: 'eval "$(<%= config.bin %> <%= command.id %>)"' },
    { description: 'As JSON', command: '<%= config.bin %> <%= command.id %> --json' },
  ];
  static override flags = { 'state-dir': stateDirFlag };

  async run() {
    const { flags } = await this.parse(EmulatorEnv);
    const { requireDaemon } =
      require('../../command-line/require-daemon.js') as typeof import('../../command-line/require-daemon.js');
    const { env } = await requireDaemon(this, flags['state-dir']);
    for (const [name, value] of Object.entries(env)) this.log(`export ${name}='${value.replaceAll("'", `'\\''`)}'`);
    return env;
  }
}
