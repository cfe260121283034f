import { boolean } from '@oclif/core/flags';
import { BaseCommand } from '../../base-command.js';
import { exitCodes } from '../../exit-codes.js';
import { formatImage } from '../../format/image.js';
import { resolveImage } from '../../operations/image.js';
import { openFor } from '../../operations/open.js';

export default class ImageOutdatedCommand extends BaseCommand {
  static override summary = 'Compare the image with that of the last deploy.';
  static override description =
    'Asks the registry what the config leads to now, and holds it against sindri.lock. Changes nothing and verifies nothing: a deploy does.';
  static override examples = [
    { description: 'Is there a newer one?', command: '<%= config.bin %> <%= command.id %>' },
    {
      description: 'In CI: exit 10 when there is',
      command: '<%= config.bin %> <%= command.id %> --detailed-exitcode',
    },
  ];
  static override flags = {
    'detailed-exitcode': boolean({ summary: 'Exit 10 when a deploy would use another image, 0 when not.' }),
  };

  async run() {
    return this.perform(ImageOutdatedCommand, async ({ flags }, shell) => {
      const images = { skipVerification: true, toolVersion: this.config.version };
      const result = await resolveImage(await openFor(shell, { ...flags, images }));
      return {
        document: result,
        text: (style) => formatImage(result, style),
        exitCode: flags['detailed-exitcode'] && result.outdated === true ? exitCodes.changesToMake : exitCodes.done,
      };
    });
  }
}
