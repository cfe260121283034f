import { string } from '@oclif/core/flags';
import { BaseCommand } from '../base-command.js';
import { exitCodes } from '../exit-codes.js';
import { formatList, formatUnobserved } from '../format/list.js';
import { nextCommand } from '../next-commands.js';
import { listAll } from '../operations/list.js';

export default class ListCommand extends BaseCommand {
  static override summary = 'List all your environments, at every provider.';
  static override description =
    'Needs no sindri.yaml. Shows state, region, size, cost a month and whose it is, and marks with "!" what is left over: volumes, paid ' +
    'addresses and apps without a machine. When something could not be seen, it says so and exits with 5.';
  static override examples = [
    { description: 'Everything', command: '<%= config.bin %> <%= command.id %>' },
    { description: 'At one provider', command: '<%= config.bin %> <%= command.id %> --provider fly' },
    {
      description: 'What costs something without being used, for a program',
      command: "<%= config.bin %> <%= command.id %> --json | jq -r '.environments[] | select(.orphans != []) | .name'",
    },
  ];
  static override flags = {
    provider: string({
      char: 'p',
      summary: 'Ask only this provider; may be given several times.',
      helpValue: 'NAME',
      multiple: true,
    }),
  };

  async run() {
    return this.perform(ListCommand, async ({ flags }, shell) => {
      const result = await listAll(shell, { local: flags.local, providers: flags.provider ?? [] });
      if (!result.complete) shell.say((style) => `${formatUnobserved(result, style)}\n`);
      return {
        document: result,
        text: (style) => formatList(result, style, (words) => nextCommand(words, { local: flags.local })),
        exitCode: result.complete ? exitCodes.done : exitCodes.incomplete,
      };
    });
  }
}
