import { BaseCommand } from '../../base-command.js';
import { formatKeys } from '../../format/keys.js';
import { nextCommand } from '../../next-commands.js';
import { listKeys } from '../../operations/keys.js';
import { openFor } from '../../operations/open.js';

export default class KeysListCommand extends BaseCommand {
  static override summary = 'Show whose SSH keys may log in.';
  static override description =
    'Each with its fingerprint, as ssh-keygen -l prints it, and its comment; whether it may log in now, after the next start, or both; ' +
    'and whether it comes from the config. Does not wake a sleeping environment.';
  static override examples = [
    { description: 'Who may log in?', command: '<%= config.bin %> <%= command.id %>' },
    {
      description: 'The fingerprints, for a program',
      command: "<%= config.bin %> <%= command.id %> --json | jq -r '.keys[].fingerprint'",
    },
  ];

  async run() {
    return this.perform(KeysListCommand, async ({ flags }, shell) => {
      const result = await listKeys(await openFor(shell, flags));
      return { document: result, text: (style) => formatKeys(result, style, (words) => nextCommand(words, flags)) };
    });
  }
}
