import { boolean } from '@oclif/core/flags';
import { BaseCommand } from '../base-command.js';
import { instanceFlag } from '../flags.js';
import { formatSshConfig } from '../format/ssh-config.js';
import { nextCommand } from '../next-commands.js';
import { openFor } from '../operations/open.js';
import { sshConfig } from '../operations/ssh-config.js';

export default class SshConfigCommand extends BaseCommand {
  static override summary = 'Give the environment a name for ssh, scp, rsync, git and editors.';
  static override description =
    'Writes a file of its own below ~/.ssh/sindri, and adds one Include line to ~/.ssh/config, after asking. Nothing else in that file changes. ' +
    'A connection wakes the environment, and the host keys are known beforehand.';
  static override examples = [
    { description: 'Then: ssh my-env.sindri', command: '<%= config.bin %> <%= command.id %>' },
    { description: 'Only look at what would be written', command: '<%= config.bin %> <%= command.id %> --print' },
    {
      description: 'One of several instances: ssh my-env-2.my-env.sindri',
      command: '<%= config.bin %> <%= command.id %> --instance my-env-2',
    },
    { description: 'Take it away again', command: '<%= config.bin %> <%= command.id %> --remove' },
  ];
  static override flags = {
    install: boolean({ summary: 'Write the files. The default.', exclusive: ['print', 'remove'] }),
    print: boolean({ summary: 'Print the block and change nothing.', exclusive: ['remove'] }),
    remove: boolean({ summary: 'Delete what was written for this environment.' }),
    'forward-agent': boolean({
      summary: 'Write ForwardAgent: your SSH agent can be used inside, as with ssh -A.',
      exclusive: ['remove'],
    }),
    instance: instanceFlag('one name for all of them, which leads to the first that runs'),
    yes: boolean({ char: 'y', summary: 'Add the Include line without asking.', env: 'SINDRI_YES' }),
  };

  async run() {
    return this.perform(SshConfigCommand, async ({ flags }, shell) => {
      const { yes, local, instance, 'forward-agent': forwardAgent } = flags;
      const action = flags.remove ? 'remove' : flags.print ? 'print' : 'install';
      const next = (words: string) => nextCommand(words, flags);
      const environment = await openFor(shell, flags);
      const result = await sshConfig(environment, shell, { action, yes, local, instance, forwardAgent, next });
      return {
        document: result,
        text: (style) => formatSshConfig(result, style),
        // Meant for `>> ~/.ssh/config`.
        verbatim: action === 'print',
      };
    });
  }
}
