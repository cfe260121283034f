import { integer } from '@oclif/core/flags';
import { ChangeCommand } from '../../change-command.js';
import { formatChangeResult } from '../../format/change.js';
import { protectEnvironment } from '../../operations/secrets.js';

export default class SecretsProtectCommand extends ChangeCommand {
  static override summary = 'Give the environment a token of its own for the platform.';
  static override description =
    'The token reaches this environment and nothing else, and ends by itself; on Fly it is the secret FLY_API_TOKEN, with which extensions ' +
    'that are being installed keep the machine awake. Your own token stays on this computer. Run it again to renew it: ' +
    'deploy, start and restart say so two weeks before it ends, secrets list shows when.';
  static override examples = [
    { description: 'For 90 days', command: '<%= config.bin %> <%= command.id %>' },
    { description: 'For a week', command: '<%= config.bin %> <%= command.id %> --days 7' },
  ];
  static override flags = {
    days: integer({
      summary: 'How many days it works. Default: as the provider thinks fit.',
      helpValue: 'N',
      min: 1,
      max: 3650,
    }),
  };

  async run() {
    return this.change(SecretsProtectCommand, {
      walk: ({ environment, shell, request }, { flags }) =>
        protectEnvironment(environment, shell, { ...request, days: flags.days }),
      text: (result, style) => formatChangeResult(result, style),
    });
  }
}
