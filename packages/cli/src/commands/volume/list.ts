import { BaseCommand } from '../../base-command.js';
import { noteSeen } from '../../completion/seen-names.js';
import { formatVolumes } from '../../format/volumes.js';
import { nextCommand } from '../../next-commands.js';
import { openFor, stateDirFor } from '../../operations/open.js';
import { listVolumes } from '../../operations/volumes.js';

export default class VolumeListCommand extends BaseCommand {
  static override summary = 'List the volumes.';
  static override description =
    'The one that the environment uses, and those that a restore or a destroy has left: size, how full it is, what uses it. ' +
    'Does not wake a sleeping environment.';
  static override examples = [
    { description: 'Which are there?', command: '<%= config.bin %> <%= command.id %>' },
    {
      description: 'Those that nothing uses, for a program',
      command: "<%= config.bin %> <%= command.id %> --json | jq -r '.volumes[] | select(.usedBy == null).id'",
    },
  ];

  async run() {
    return this.perform(VolumeListCommand, async ({ flags }, shell) => {
      const environment = await openFor(shell, flags);
      const { result, summary } = await listVolumes(environment);
      await noteSeen(stateDirFor(shell, flags), environment.spec, { summary });
      const intents = environment.provider.volumes?.intents ?? [];
      const next = (words: string) => nextCommand(words, flags);
      return { document: result, text: (style) => formatVolumes(result, style, { next, intents }) };
    });
  }
}
