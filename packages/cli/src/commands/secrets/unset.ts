import { ChangeCommand } from '../../change-command.js';
import { stageFlag } from '../../flags.js';
import { formatChangeResult } from '../../format/change.js';
import { unsetSecrets } from '../../operations/secrets.js';

export default class SecretsUnsetCommand extends ChangeCommand {
  static override summary = 'Remove secrets of the environment.';
  static override description =
    'What runs is restarted without them, in one update; --stage leaves it as it is. One that is not set is nothing to do. ' +
    'Take what sindri.yaml names out of there as well: a deploy would set it again.';
  static override usage = ['<%= command.id %> NAME... [--stage] [--dry-run] [-y]'];
  static override examples = [
    { description: 'Remove one', command: '<%= config.bin %> <%= command.id %> ANTHROPIC_API_KEY' },
    {
      description: 'What would be restarted?',
      command: '<%= config.bin %> <%= command.id %> ANTHROPIC_API_KEY --dry-run',
    },
  ];
  static override strict = false;
  static override flags = { stage: stageFlag };

  async run() {
    return this.change(SecretsUnsetCommand, {
      walk: ({ environment, shell, request }, { argv, flags }) =>
        unsetSecrets(environment, shell, { ...request, names: argv as string[], stage: flags.stage }),
      text: (result, style) => formatChangeResult(result, style),
    });
  }
}
