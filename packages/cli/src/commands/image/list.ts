import { string as text } from '@oclif/core/args';
import { boolean } from '@oclif/core/flags';
import { BaseCommand } from '../../base-command.js';
import { formatImageList } from '../../format/image.js';
import { listImages } from '../../operations/image-registry.js';

export default class ImageListCommand extends BaseCommand {
  static override summary = 'List the tags of an image.';
  static override description =
    'Those that the registry has for the repository of the config, or for the one that is named: full versions first, the highest first.';
  static override examples = [
    { description: 'Which versions are there?', command: '<%= config.bin %> <%= command.id %>' },
    {
      description: 'Those of another image',
      command: '<%= config.bin %> <%= command.id %> ghcr.io/pacphi/sindri --all',
    },
  ];
  static override args = {
    repository: text({ ignoreStdin: true, description: 'A repository without a tag. Default: that of the config.' }),
  };
  static override flags = { all: boolean({ summary: 'Show every tag, not only the first 40.' }) };

  async run() {
    return this.perform(ImageListCommand, async ({ args, flags }, shell) => {
      const result = await listImages(shell, { ...flags, repository: args.repository });
      return { document: result, text: (style) => formatImageList(result, style, flags.all) };
    });
  }
}
