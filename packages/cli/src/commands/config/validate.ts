import { BaseCommand } from '../../base-command.js';
import { exitCodes } from '../../exit-codes.js';
import { formatValidate } from '../../format/config.js';
import { validate } from '../../operations/config-validate.js';

export default class ConfigValidateCommand extends BaseCommand {
  static override summary = 'Check sindri.yaml, without any request.';
  static override description =
    'Reports everything at once: the place, what was expected, and the nearest valid name. Exits 2 when there is an error.';
  static override examples = [
    { description: 'Check the file here or in a parent directory', command: '<%= config.bin %> <%= command.id %>' },
    {
      description: 'Check another file, for a program',
      command: '<%= config.bin %> <%= command.id %> -c team.yaml --json',
    },
  ];

  async run() {
    return this.perform(ConfigValidateCommand, async ({ flags }, shell) => {
      const result = await validate(shell, flags.config);
      return {
        document: result,
        problems: result.problems,
        text: (style) => formatValidate(result, style),
        exitCode: result.valid ? exitCodes.done : exitCodes.usage,
      };
    });
  }
}
