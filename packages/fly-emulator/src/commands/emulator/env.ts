import { EmulatorCommand } from '../../command-line/emulator-command.js';
import { stateDirFlag } from '../../command-line/state-dir-flag.js';

export default class EmulatorEnv extends EmulatorCommand {
  static override summary = 'Print the variables that point any Fly client at the local emulator.';
  static override description =
    'Token and secret come from a file that only you can read, and are worth nothing outside this computer. The secret opens the endpoints under /_emulator (header emulator-secret). Fails when the local emulator does not run.';
  static override examples = [
    { description: 'Use it from this shell', command: 'eval "$(<%= config.bin %> <%= command.id %>)"' },
    { description: 'As JSON', command: '<%= config.bin %> <%= command.id %> --json' },
  ];
  static override flags = { 'state-dir': stateDirFlag };

  async run() {
    const { flags } = await this.parse(EmulatorEnv);
    const { requireDaemon } =
      require('../../command-line/require-daemon.js') as typeof import('../../command-line/require-daemon.js');
    const info = await requireDaemon(this, flags['state-dir']);
    const env: Record<string, string> = { ...info.env, FLY_EMULATOR_SECRET: info.secret };
    for (const [name, value] of Object.entries(env)) this.log(`export ${name}='${value.replaceAll("'", `'\\''`)}'`);
    return env;
  }
}
