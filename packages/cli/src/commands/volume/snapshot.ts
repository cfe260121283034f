import { string } from '@oclif/core/flags';
import { ChangeCommand } from '../../change-command.js';
import { formatChangeResult } from '../../format/change.js';
import { takeSnapshot } from '../../operations/snapshots.js';

export default class VolumeSnapshotCommand extends ChangeCommand {
  static override summary = 'Take a snapshot of a volume.';
  static override description =
    'A copy of the volume as it is now, kept by the platform. Nothing is stopped: what a program has not written to disk yet is not in it.';
  static override examples = [
    { description: 'Of the workspace', command: '<%= config.bin %> <%= command.id %>' },
    { description: 'Of another volume', command: '<%= config.bin %> <%= command.id %> --volume cache' },
  ];
  static override flags = {
    volume: string({
      summary: "The volume's name at the provider. Default: the only one, or that of the workspace.",
      helpValue: 'NAME',
    }),
  };

  async run() {
    return this.change(VolumeSnapshotCommand, {
      walk: ({ environment, shell, request }, { flags }) =>
        takeSnapshot(environment, shell, { ...request, volume: flags.volume }),
      text: (result, style, { request }) =>
        `${formatChangeResult(result, style)}${result.status === 'applied' ? `\nAll snapshots: ${request.next('volume snapshots')}` : ''}`,
    });
  }
}
