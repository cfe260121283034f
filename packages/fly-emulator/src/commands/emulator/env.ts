import * as Flags from '@oclif/core/flags';
import { EmulatorCommand } from '../../command-line/emulator-command.js';
import { stateDirFlag } from '../../command-line/state-dir-flag.js';
import type { EnvAnswer } from '../../command-line/answers.js';

export default class EmulatorEnv extends EmulatorCommand {
  static override summary = 'Print the variables that point any Fly client at the local emulator.';
  static override description =
    'Token and secret come from a file that only you can read, and are worth nothing outside this computer. The secret opens the endpoints under /_emulator (header emulator-secret). Fails when the local emulator does not run.';
  static override examples = [
    { description: 'Use it from this shell', command: 'eval "$(<%= config.bin %> <%= command.id %>)"' },
    {
      description: 'Use flyctl with it from this shell',
      command: 'eval "$(<%= config.bin %> <%= command.id %> --flyctl)"',
    },
    { description: 'As JSON', command: '<%= config.bin %> <%= command.id %> --json' },
  ];
  static override flags = {
    flyctl: Flags.boolean({
      summary:
        'What points a flyctl at it and keeps it apart from your account: a configuration directory of its own, no calls home.',
    }),
    'state-dir': stateDirFlag,
  };

  async run() {
    const { flags } = await this.parse(EmulatorEnv);
    const { requireDaemon } =
      require('../../command-line/require-daemon.js') as typeof import('../../command-line/require-daemon.js');
    const info = await requireDaemon(this, flags['state-dir']);
    const env = flags.flyctl
      ? this.forFlyctl(info.env, flags['state-dir'])
      : { ...info.env, FLY_EMULATOR_SECRET: info.secret };
    for (const [name, value] of Object.entries(env)) this.log(`export ${name}='${value.replaceAll("'", `'\\''`)}'`);
    const answer: EnvAnswer = { schema: 'sindri.emulator-env/1', env };
    return answer;
  }

  private forFlyctl(env: Record<string, string>, stateDir: string | undefined): Record<string, string> {
    const { daemonDirectory } =
      require('../../daemon/daemon-directory.js') as typeof import('../../daemon/daemon-directory.js');
    const { flyctlVariables } =
      require('../../command-line/flyctl-variables.js') as typeof import('../../command-line/flyctl-variables.js');
    return flyctlVariables(stateDir ?? daemonDirectory(process.env), env);
  }
}
