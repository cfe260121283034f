import { string as text } from '@oclif/core/args';
import { ChangeCommand } from '../../change-command.js';
import { formatChangeResult } from '../../format/change.js';
import { removeKey } from '../../operations/keys.js';

export default class KeysRemoveCommand extends ChangeCommand {
  static override summary = 'Take one SSH key away.';
  static override description =
    'Sessions that are open stay open. A key that comes from the config is refused: take it out of the secret AUTHORIZED_KEYS and deploy.';
  static override examples = [
    { description: 'By its comment', command: '<%= config.bin %> <%= command.id %> ana@laptop' },
    {
      description: 'By its fingerprint, as keys list shows it',
      command: '<%= config.bin %> <%= command.id %> SHA256:jXfDDrJmeSSI8Ffzp9iu8vnCQZ5pvXYV5fWhTn0QO5o',
    },
    { description: 'What would it take away?', command: '<%= config.bin %> <%= command.id %> ana@laptop --dry-run' },
  ];
  static override args = {
    key: text({
      ignoreStdin: true,
      description: 'Its fingerprint or its comment, which exactly one key must have. May be left out with --plan.',
    }),
  };

  async run() {
    return this.change(KeysRemoveCommand, {
      walk: ({ environment, shell, request }, { args }) =>
        removeKey(environment, shell, { ...request, name: args.key }),
      text: (result, style) => formatChangeResult(result, style),
    });
  }
}
