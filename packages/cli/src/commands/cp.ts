import { boolean } from '@oclif/core/flags';
import { BaseCommand } from '../base-command.js';
import { connectedInstanceFlag } from '../flags.js';
import { formatCopy } from '../format/copy.js';
import { copy } from '../operations/copy/copy.js';
import { readCopyPaths } from '../operations/copy/paths.js';
import { openFor } from '../operations/open.js';

export default class CpCommand extends BaseCommand {
  static override summary = 'Copy files to or from the environment.';
  static override description =
    'A path that begins with ":" is in the environment, relative to the home directory. Wakes a sleeping environment. ' +
    'A copy that was cut goes on where it ended when it is run again. A name that begins with a dash comes after --.';
  static override usage = ['<%= command.id %> [-r] SOURCE... TARGET'];
  static override examples = [
    { description: 'A file to the environment', command: '<%= config.bin %> <%= command.id %> notes.txt :notes.txt' },
    { description: 'A directory back', command: '<%= config.bin %> <%= command.id %> -r :project/dist ./dist' },
  ];
  static override strict = false;
  static override flags = {
    recursive: boolean({ char: 'r', summary: 'Directories with everything in them.' }),
    instance: connectedInstanceFlag,
  };

  async run() {
    return this.perform(CpCommand, async ({ flags, argv }, shell) => {
      const paths = readCopyPaths(argv as string[]);
      const { recursive, local, instance } = flags;
      const result = await copy(await openFor(shell, flags), shell, { paths, recursive, local, instance });
      return { document: result, text: (style) => formatCopy(result, style) };
    });
  }
}
