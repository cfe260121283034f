import { BaseCommand } from '../base-command.js';
import { instanceFlag } from '../flags.js';
import { formatPower } from '../format/power.js';
import { openFor } from '../operations/open.js';
import { power } from '../operations/power.js';

export default class StartCommand extends BaseCommand {
  static override summary = 'Start what is stopped or suspended, and wait until it can be used.';
  static override description = 'connect and exec start a sleeping environment by themselves.';
  static override examples = [
    { description: 'Start what sindri.yaml here describes', command: '<%= config.bin %> <%= command.id %>' },
    { description: 'Print the states as JSON', command: '<%= config.bin %> <%= command.id %> --json' },
  ];
  static override flags = { instance: instanceFlag('all') };

  async run() {
    return this.perform(StartCommand, async ({ flags }, shell) => {
      const environment = await openFor(shell, flags);
      const result = await power(environment, shell, 'start', { instance: flags.instance });
      return { document: result, text: (style) => formatPower(result, style) };
    });
  }
}
