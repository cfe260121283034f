import { string as text } from '@oclif/core/args';
import { string } from '@oclif/core/flags';
import { ScaleCommand } from '../../scale-command.js';

export default class ScaleMemoryCommand extends ScaleCommand {
  static override summary = 'Give the environment another amount of memory.';
  static override description =
    'Sets it in sindri.yaml, which keeps its comments, and deploys that: the plan shows what it costs, and that the environment restarts. ' +
    'With --dry-run the file stays as it is; so it does when the provider refuses.';
  static override examples = [
    { description: 'To 8 GB', command: '<%= config.bin %> <%= command.id %> 8GB' },
    { description: 'With the CPUs that go with it', command: '<%= config.bin %> <%= command.id %> 8GB --cpus 4' },
    { description: 'What would it cost?', command: '<%= config.bin %> <%= command.id %> 8GB --dry-run' },
  ];
  static override args = {
    size: text({ ignoreStdin: true, required: true, description: 'How much: 8GB, 512MB. A bare number is in MB.' }),
  };
  static override flags = {
    cpus: string({ summary: 'Also set the number of CPUs.', helpValue: 'N' }),
  };

  async run() {
    return this.scale(ScaleMemoryCommand, ({ args, flags }) => ({ memory: args.size, cpus: flags.cpus }));
  }
}
