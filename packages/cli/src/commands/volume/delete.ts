import { string as text } from '@oclif/core/args';
import { ChangeCommand } from '../../change-command.js';
import { formatChangeResult } from '../../format/change.js';
import { deleteVolume } from '../../operations/snapshots.js';

export default class VolumeDeleteCommand extends ChangeCommand {
  static override summary = 'Delete a volume that is not in use.';
  static override description =
    'One that a restore or a destroy has left, with everything on it. The volume that the environment uses is refused: destroy deletes that.';
  static override examples = [
    {
      description: 'This one, as status or list shows it',
      command: '<%= config.bin %> <%= command.id %> vol_4y5g0000',
    },
    { description: 'What would it delete?', command: '<%= config.bin %> <%= command.id %> vol_4y5g0000 --dry-run' },
  ];
  static override args = {
    volume: text({ ignoreStdin: true, description: 'The name or id of the volume. May be left out with --plan.' }),
  };

  async run() {
    return this.change(VolumeDeleteCommand, {
      walk: ({ environment, shell, request }, { args }) =>
        deleteVolume(environment, shell, { ...request, volume: args.volume }),
      text: (result, style) => formatChangeResult(result, style),
    });
  }
}
