import { string as text } from '@oclif/core/args';
import { ChangeCommand } from '../../change-command.js';
import { formatChangeResult } from '../../format/change.js';
import { useSnapshot } from '../../operations/snapshots.js';

export default class VolumeDeleteSnapshotCommand extends ChangeCommand {
  static override summary = 'Delete a snapshot of a volume.';
  static override description =
    'The volume itself stays as it is. Some platforms delete snapshots only by themselves, when their time is over, and refuse this.';
  static override examples = [
    { description: 'This one, as volume snapshots lists it', command: '<%= config.bin %> <%= command.id %> snap-3f2a' },
    { description: 'Without being asked', command: '<%= config.bin %> <%= command.id %> snap-3f2a --yes' },
  ];
  static override args = {
    snapshot: text({ ignoreStdin: true, description: 'The id of the snapshot. May be left out with --plan.' }),
  };

  async run() {
    return this.change(VolumeDeleteSnapshotCommand, {
      walk: ({ environment, shell, request }, { args }) =>
        useSnapshot(environment, shell, 'delete', { ...request, snapshot: args.snapshot }),
      text: (result, style) => formatChangeResult(result, style),
    });
  }
}
