import { string as text } from '@oclif/core/args';
import { string } from '@oclif/core/flags';
import { ScaleCommand } from '../../scale-command.js';

export default class ScaleCpusCommand extends ScaleCommand {
  static override summary = 'Give the environment another number of CPUs.';
  static override description =
    'Sets it in sindri.yaml, which keeps its comments, and deploys that: the plan shows what it costs, and that the environment restarts. ' +
    'With --dry-run the file stays as it is; so it does when the provider refuses.';
  static override examples = [
    { description: 'To 4', command: '<%= config.bin %> <%= command.id %> 4' },
    {
      description: 'With the memory that goes with them',
      command: '<%= config.bin %> <%= command.id %> 4 --memory 8GB',
    },
  ];
  static override args = {
    count: text({ ignoreStdin: true, required: true, description: 'How many.' }),
  };
  static override flags = {
    memory: string({ summary: 'Also set the memory.', helpValue: 'SIZE' }),
  };

  async run() {
    return this.scale(ScaleCpusCommand, ({ args, flags }) => ({ cpus: args.count, memory: flags.memory }));
  }
}
