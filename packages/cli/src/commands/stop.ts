import { boolean } from '@oclif/core/flags';
import { BaseCommand } from '../base-command.js';
import { instanceFlag } from '../flags.js';
import { formatPower } from '../format/power.js';
import { nextCommand } from '../next-commands.js';
import { openFor } from '../operations/open.js';
import { power } from '../operations/power.js';

export default class StopCommand extends BaseCommand {
  static override summary = 'Stop the environment; its volume stays.';
  static override description =
    'Processes end, and what is outside the volume is reset. With --suspend memory is kept, and start continues where it was. ' +
    'Some platforms can do only one of the two.';
  static override examples = [
    { description: 'Stop what sindri.yaml here describes', command: '<%= config.bin %> <%= command.id %>' },
    { description: 'Keep what is in memory', command: '<%= config.bin %> <%= command.id %> --suspend' },
  ];
  static override flags = {
    suspend: boolean({ summary: 'Keep memory; refused where the platform cannot.' }),
    instance: instanceFlag('all'),
  };

  async run() {
    return this.perform(StopCommand, async ({ flags }, shell) => {
      const environment = await openFor(shell, flags);
      const next = (words: string) => nextCommand(words, flags);
      const result = await power(environment, shell, flags.suspend ? 'suspend' : 'stop', {
        next,
        instance: flags.instance,
      });
      return { document: result, text: (style) => formatPower(result, style) };
    });
  }
}
