import { string as text } from '@oclif/core/args';
import { BaseCommand } from '../../base-command.js';
import { formatImageInspect } from '../../format/image.js';
import { inspectImage } from '../../operations/image-registry.js';

export default class ImageInspectCommand extends BaseCommand {
  static override summary = 'Show what a registry says of an image.';
  static override description =
    'Digest, platforms, size, labels, and what is attached to it. The digest is what one pins: `image: REPOSITORY@DIGEST`.';
  static override examples = [
    { description: 'The image of the config', command: '<%= config.bin %> <%= command.id %>' },
    { description: 'Any image', command: '<%= config.bin %> <%= command.id %> ghcr.io/pacphi/sindri:3' },
  ];
  static override args = {
    reference: text({ ignoreStdin: true, description: 'An image with tag or digest. Default: that of the config.' }),
  };

  async run() {
    return this.perform(ImageInspectCommand, async ({ args, flags }, shell) => {
      const result = await inspectImage(shell, { ...flags, reference: args.reference });
      return { document: result, text: (style) => formatImageInspect(result, style) };
    });
  }
}
