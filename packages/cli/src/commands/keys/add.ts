import { string as text } from '@oclif/core/args';
import { ChangeCommand } from '../../change-command.js';
import { formatChangeResult } from '../../format/change.js';
import { addKey } from '../../operations/keys.js';
import { stateDirFor } from '../../operations/open.js';

export default class KeysAddCommand extends ChangeCommand {
  static override summary = 'Let one more SSH key log in.';
  static override description =
    'Without a file it is your own key: the one that connect would log in with. The key is admitted at once, without a restart; the ' +
    'plan says when it lasts. A private key is refused, and so is a line that is no key.';
  static override examples = [
    { description: 'Your own key, from another computer', command: '<%= config.bin %> <%= command.id %>' },
    { description: "A colleague's", command: '<%= config.bin %> <%= command.id %> ana.pub' },
    {
      description: 'The keys of an account, one at a time',
      command: 'curl -s https://github.com/ana.keys | head -1 | <%= config.bin %> <%= command.id %> - --yes',
    },
    { description: 'What would it do?', command: '<%= config.bin %> <%= command.id %> ana.pub --dry-run' },
  ];
  static override args = {
    file: text({ ignoreStdin: true, description: 'A public key (.pub), or - for stdin. Default: your own.' }),
  };

  async run() {
    return this.change(KeysAddCommand, {
      walk: ({ environment, shell, request }, { args, flags }) =>
        addKey(environment, shell, { ...request, source: { file: args.file, stateDir: stateDirFor(shell, flags) } }),
      text: (result, style) => formatChangeResult(result, style),
    });
  }
}
