import { BaseCommand } from '../../base-command.js';
import { imageFlags, imagePolicyOf } from '../../flags.js';
import { formatImage } from '../../format/image.js';
import { resolveImage } from '../../operations/image.js';
import { openFor } from '../../operations/open.js';

export default class ImageResolveCommand extends BaseCommand {
  static override summary = 'Show which image a deploy would use.';
  static override description =
    'Asks the registry what `image` or `image_config` leads to now, verifies it as the config wants, and changes nothing. ' +
    'On a local emulator nothing is looked up.';
  static override examples = [
    { description: 'Which image is it?', command: '<%= config.bin %> <%= command.id %>' },
    {
      description: 'Its digest, for a program',
      command: '<%= config.bin %> <%= command.id %> --json | jq -r .image.digest',
    },
  ];
  static override flags = imageFlags;

  async run() {
    return this.perform(ImageResolveCommand, async ({ flags }, shell) => {
      const images = imagePolicyOf(flags, this.config.version);
      const result = await resolveImage(await openFor(shell, { ...flags, images }));
      return { document: result, text: (style) => formatImage(result, style) };
    });
  }
}
