import { ChangeCommand } from '../../change-command.js';
import { formatChangeResult } from '../../format/change.js';
import { deploySecrets } from '../../operations/secrets.js';

export default class SecretsDeployCommand extends ChangeCommand {
  static override summary = 'Make staged secrets live.';
  static override description =
    'One update brings everything that is staged, whoever has staged it; what runs is restarted by it. Nothing staged is nothing to do.';
  static override examples = [
    { description: 'Make live what waits', command: '<%= config.bin %> <%= command.id %>' },
    { description: 'What would be restarted?', command: '<%= config.bin %> <%= command.id %> --dry-run' },
  ];

  async run() {
    return this.change(SecretsDeployCommand, {
      walk: ({ environment, shell, request }) => deploySecrets(environment, shell, request),
      text: (result, style) => formatChangeResult(result, style),
    });
  }
}
