import { boolean, option, string } from '@oclif/core/flags';
import { BaseCommand } from '../base-command.js';
import { editors } from '../editors.js';
import { connectedInstanceFlag } from '../flags.js';
import { nextCommand } from '../next-commands.js';
import { openEditor } from '../operations/code.js';
import { openFor } from '../operations/open.js';

export default class CodeCommand extends BaseCommand {
  static override summary = 'Open an editor on the environment.';
  static override description = `Over SSH, by the name that ssh-config gives it. Editors: ${editors.map(({ name, title }) => `${name} (${title})`).join(', ')}. The name needs one line in ~/.ssh/config: it is asked for, and without a terminal --yes allows it.`;
  static override examples = [
    { description: 'Visual Studio Code', command: '<%= config.bin %> <%= command.id %>' },
    { description: 'Another one', command: '<%= config.bin %> <%= command.id %> --editor zed' },
    { description: 'For another program', command: '<%= config.bin %> <%= command.id %> --print-url' },
  ];
  static override flags = {
    editor: option({
      summary: 'Which editor.',
      options: editors.map(({ name }) => name),
      default: 'vscode',
      env: 'SINDRI_EDITOR',
    })(),
    folder: string({ summary: 'The directory to open. Default: the workspace.', helpValue: 'DIRECTORY' }),
    instance: connectedInstanceFlag,
    'print-url': boolean({ summary: 'Print the address and open nothing.' }),
    yes: boolean({ char: 'y', summary: 'Add the Include line to ~/.ssh/config without asking.', env: 'SINDRI_YES' }),
  };

  async run() {
    return this.perform(CodeCommand, async ({ flags }, shell) => {
      const { editor, yes, local, folder, instance } = flags;
      const result = await openEditor(await openFor(shell, flags), shell, {
        editor,
        yes,
        local,
        instance,
        ...(folder === undefined ? {} : { directory: folder }),
        printUrl: flags['print-url'],
        next: (words) => nextCommand(words, flags),
      });
      return {
        document: result,
        text: (style) => (result.opened ? `${style.green('✓')} Opened ${result.url}` : result.url),
      };
    });
  }
}
