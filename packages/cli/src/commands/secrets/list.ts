import { BaseCommand } from '../../base-command.js';
import { envFileFlag } from '../../flags.js';
import { formatSecrets } from '../../format/secrets.js';
import { nextCommand } from '../../next-commands.js';
import { openFor } from '../../operations/open.js';
import { listSecrets } from '../../operations/secrets.js';

export default class SecretsListCommand extends BaseCommand {
  static override summary = 'Show which secrets are set, and whether they are in use.';
  static override description =
    'Each with its age, whether what runs has it (live) or not (staged), and whether its value is the one that this computer would deploy. ' +
    'Values are never shown: the platform does not tell them. A restart does not make staged secrets live; secrets deploy does. ' +
    'Does not wake a sleeping environment.';
  static override examples = [
    { description: 'What is set?', command: '<%= config.bin %> <%= command.id %>' },
    {
      description: 'What would a deploy change?',
      command:
        '<%= config.bin %> <%= command.id %> --json | jq -r \'.secrets[] | select(.local == "differs") | .name\'',
    },
  ];
  static override flags = { 'env-file': envFileFlag };

  async run() {
    return this.perform(SecretsListCommand, async ({ flags }, shell) => {
      const result = await listSecrets(await openFor(shell, { ...flags, envFile: flags['env-file'] }));
      return {
        document: result,
        text: (style) => formatSecrets(result, style, shell.now(), (words) => nextCommand(words, flags)),
      };
    });
  }
}
