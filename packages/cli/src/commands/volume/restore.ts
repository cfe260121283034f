import { string as text } from '@oclif/core/args';
import { ChangeCommand } from '../../change-command.js';
import { formatChangeResult } from '../../format/change.js';
import { useSnapshot } from '../../operations/snapshots.js';

export default class VolumeRestoreCommand extends ChangeCommand {
  static override summary = 'Go back to a snapshot of a volume.';
  static override description =
    'A new volume with what the snapshot holds takes the place of the one that is used now. That one is kept, with everything on it, ' +
    'until you delete it (volume delete). What runs is restarted; what sleeps stays asleep. Of several instances it is the one whose volume ' +
    'the snapshot is of.';
  static override examples = [
    {
      description: 'To this one, as volume snapshots lists it',
      command: '<%= config.bin %> <%= command.id %> vs_k0Vbq2Aa',
    },
    { description: 'What would it do?', command: '<%= config.bin %> <%= command.id %> vs_k0Vbq2Aa --dry-run' },
  ];
  static override args = {
    snapshot: text({ ignoreStdin: true, description: 'The id of the snapshot. May be left out with --plan.' }),
  };

  async run() {
    return this.change(VolumeRestoreCommand, {
      walk: ({ environment, shell, request }, { args }) =>
        useSnapshot(environment, shell, 'restore', { ...request, snapshot: args.snapshot }),
      text: (result, style) => formatChangeResult(result, style),
    });
  }
}
