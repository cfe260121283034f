import { BaseCommand } from '../base-command.js';
import { instanceFlag } from '../flags.js';
import { formatRestart } from '../format/power.js';
import { nextCommand } from '../next-commands.js';
import { openFor } from '../operations/open.js';
import { power } from '../operations/power.js';

export default class RestartCommand extends BaseCommand {
  static override summary = 'End all processes and start anew; wait until it can be used.';
  static override description =
    'The volume stays; what is outside of it is reset, as after a stop. What sleeps is started. Changed secrets and settings go live ' +
    'with a deploy, not with a restart.';
  static override examples = [
    { description: 'Restart what sindri.yaml here describes', command: '<%= config.bin %> <%= command.id %>' },
    { description: 'Print the states as JSON', command: '<%= config.bin %> <%= command.id %> --json' },
  ];
  static override flags = { instance: instanceFlag('all') };

  async run() {
    return this.perform(RestartCommand, async ({ flags }, shell) => {
      const environment = await openFor(shell, flags);
      const result = await power(environment, shell, 'restart', {
        next: (words) => nextCommand(words, flags),
        instance: flags.instance,
      });
      return { document: result, text: (style) => formatRestart(result, style) };
    });
  }
}
