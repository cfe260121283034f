import { ChangeCommand } from '../../change-command.js';
import { stageFlag } from '../../flags.js';
import { formatChangeResult } from '../../format/change.js';
import { importSecrets } from '../../operations/secrets.js';

export default class SecretsImportCommand extends ChangeCommand {
  static override summary = 'Set every secret of a dotenv text on standard input.';
  static override description =
    'Lines with NAME=value; values in quotes may have several lines, and a # in them stays. Nothing is set when a line cannot be read: ' +
    'each one is named with its number. An empty value counts as none.';
  static override examples = [
    { description: 'A whole file', command: '<%= config.bin %> <%= command.id %> < production.env' },
    {
      description: 'From a password manager, without a restart now',
      command: 'op inject -i secrets.tpl | <%= config.bin %> <%= command.id %> --stage',
    },
    { description: 'What would change?', command: '<%= config.bin %> <%= command.id %> --dry-run < production.env' },
  ];
  static override flags = { stage: stageFlag };

  async run() {
    return this.change(SecretsImportCommand, {
      walk: ({ environment, shell, request }, { flags }) =>
        importSecrets(environment, shell, { ...request, stage: flags.stage }),
      text: (result, style) => formatChangeResult(result, style),
    });
  }
}
