import { boolean } from '@oclif/core/flags';
import { ChangeCommand } from '../../change-command.js';
import { stageFlag } from '../../flags.js';
import { formatChangeResult } from '../../format/change.js';
import { setSecrets } from '../../operations/secrets.js';

export default class SecretsSetCommand extends ChangeCommand {
  static override summary = 'Set secrets of the environment.';
  static override description =
    'Give NAME=value, NAME=- for a value on standard input, or NAME alone to be asked for it. What runs is restarted with the new values in ' +
    'one update, what sleeps has them when it is started next; --stage leaves both as they are. A value on a command line is seen by ' +
    'whoever lists the processes of this computer: prefer - or the question. Secrets that sindri.yaml names are set by deploy.';
  static override usage = ['<%= command.id %> NAME[=VALUE|=-]... [--stage] [--dry-run] [-y]'];
  static override examples = [
    { description: 'One, typed and not shown', command: '<%= config.bin %> <%= command.id %> ANTHROPIC_API_KEY' },
    {
      description: 'Several at once, one restart',
      command: '<%= config.bin %> <%= command.id %> GIT_USER_NAME=Ana GIT_USER_EMAIL=ana@example.com',
    },
    {
      description: 'From a file, whatever is in it',
      command: '<%= config.bin %> <%= command.id %> SIGNING_KEY=- < signing-key.pem',
    },
    {
      description: 'Without a restart now',
      command: '<%= config.bin %> <%= command.id %> GITHUB_TOKEN=- --stage < token',
    },
  ];
  static override strict = false;
  static override flags = {
    stage: stageFlag,
    'allow-empty': boolean({
      summary: 'An empty value is one. Otherwise it is refused, as a variable that was not set would give one.',
    }),
  };

  async run() {
    return this.change(SecretsSetCommand, {
      walk: ({ environment, shell, request }, { argv, flags }) =>
        setSecrets(environment, shell, {
          ...request,
          words: argv as string[],
          stage: flags.stage,
          allowEmpty: flags['allow-empty'],
        }),
      text: (result, style) => formatChangeResult(result, style),
    });
  }
}
