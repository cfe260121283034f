import { BaseCommand } from '../../base-command.js';
import { noteSeen } from '../../completion/seen-names.js';
import { formatSnapshots } from '../../format/snapshots.js';
import { nextCommand } from '../../next-commands.js';
import { openFor, stateDirFor } from '../../operations/open.js';
import { listSnapshots } from '../../operations/snapshots.js';

export default class VolumeSnapshotsCommand extends BaseCommand {
  static override summary = 'List the snapshots of the volumes.';
  static override description =
    'Those that you took and those that the platform takes by itself, the newest first. Does not wake a sleeping environment.';
  static override examples = [
    { description: 'Which are there?', command: '<%= config.bin %> <%= command.id %>' },
    {
      description: 'The newest one that is ready, for a program',
      command:
        '<%= config.bin %> <%= command.id %> --json | jq -r \'[.snapshots[] | select(.state == "ready")][0].id\'',
    },
  ];

  async run() {
    return this.perform(VolumeSnapshotsCommand, async ({ flags }, shell) => {
      const environment = await openFor(shell, flags);
      const result = await listSnapshots(environment);
      await noteSeen(stateDirFor(shell, flags), environment.spec, result);
      const intents = environment.provider.snapshots?.intents ?? [];
      const next = (words: string) => nextCommand(words, flags);
      return { document: result, text: (style) => formatSnapshots(result, style, shell.now(), { next, intents }) };
    });
  }
}
