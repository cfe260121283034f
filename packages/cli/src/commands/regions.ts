import { string } from '@oclif/core/flags';
import { BaseCommand } from '../base-command.js';
import { formatRegions } from '../format/regions.js';
import { showRegions } from '../operations/regions.js';

export default class RegionsCommand extends BaseCommand {
  static override summary = 'List where a provider can run environments, the nearest first.';
  static override description =
    "Needs no sindri.yaml: it asks the provider's own list. Distances are from where the provider believes you to be. Room is for one " +
    'machine of usual size, now; nothing there means that it is not known.';
  static override examples = [
    { description: 'Where could it run?', command: '<%= config.bin %> <%= command.id %>' },
    {
      description: 'The code of the nearest region, for a script',
      command: '<%= config.bin %> <%= command.id %> --json | jq -r .regions[0].code',
    },
  ];
  static override flags = {
    provider: string({
      char: 'p',
      summary: 'The provider to ask. Default: the one that has regions.',
      helpValue: 'NAME',
    }),
  };

  async run() {
    return this.perform(RegionsCommand, async ({ flags }, shell) => {
      const result = await showRegions(shell, { provider: flags.provider, local: flags.local });
      return { document: result, text: (style) => formatRegions(result, style) };
    });
  }
}
