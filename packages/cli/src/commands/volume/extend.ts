import { string as text } from '@oclif/core/args';
import { string } from '@oclif/core/flags';
import { ChangeCommand } from '../../change-command.js';
import { formatChangeResult } from '../../format/change.js';
import { extendVolume } from '../../operations/extend-volume.js';

export default class VolumeExtendCommand extends ChangeCommand {
  static override summary = 'Make a volume larger.';
  static override description =
    'Extends it to the given size, whatever sindri.yaml says. Write the new size there as well, so that both agree. ' +
    'A volume cannot shrink.';
  static override examples = [
    { description: 'To 40 GB', command: '<%= config.bin %> <%= command.id %> 40GB' },
    { description: 'What would it do, and cost?', command: '<%= config.bin %> <%= command.id %> 40GB --dry-run' },
    {
      description: 'One of several volumes',
      command: '<%= config.bin %> <%= command.id %> 100GB --volume home_data',
    },
  ];
  static override args = {
    size: text({
      ignoreStdin: true,
      description: 'The size that it is to have: 40GB, 1TB. May be left out with --plan.',
    }),
  };
  static override flags = {
    volume: string({
      summary: "The volume's name at the provider. Default: the only one, or that of the workspace.",
      helpValue: 'NAME',
    }),
  };

  async run() {
    return this.change(VolumeExtendCommand, {
      walk: ({ environment, shell, request }, { args, flags }) =>
        extendVolume(environment, shell, { ...request, size: args.size, volume: flags.volume }),
      text: (result, style) => formatChangeResult(result, style),
    });
  }
}
