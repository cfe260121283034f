import { BaseCommand } from '../../base-command.js';
import { formatProviderList } from '../../format/provider.js';
import { listProviders } from '../../operations/providers.js';

export default class ProviderListCommand extends BaseCommand {
  static override summary = 'List the installed providers and what each can do.';
  static override description =
    'A plugin brings a provider by declaring it in its package.json. One that cannot be used is listed with the reason.';
  static override examples = [
    { description: 'What is installed?', command: '<%= config.bin %> <%= command.id %>' },
    {
      description: 'Which can suspend, for a program',
      command: '<%= config.bin %> <%= command.id %> --json',
    },
  ];

  async run() {
    return this.perform(ProviderListCommand, async (_call, shell) => {
      const result = await listProviders(shell);
      return { document: result, text: (style) => formatProviderList(result, style) };
    });
  }
}
