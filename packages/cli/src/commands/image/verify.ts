import { BaseCommand } from '../../base-command.js';
import { formatImage } from '../../format/image.js';
import { verifyImage } from '../../operations/image.js';
import { openFor } from '../../operations/open.js';

export default class ImageVerifyCommand extends BaseCommand {
  static override summary = 'Check who signed and who built the image.';
  static override description =
    'Checks the signature and the provenance of what the config leads to, also where the config wants no check. ' +
    'Who must have signed it is in `certificate_identity` and `certificate_oidc_issuer`; by default the release workflows of Sindri. ' +
    'Exits 6 when anything about it is not as it must be.';
  static override examples = [
    { description: 'May this image be trusted?', command: '<%= config.bin %> <%= command.id %>' },
    {
      description: 'Who signed it, for a program',
      command: '<%= config.bin %> <%= command.id %> --json | jq -r .image.verified.signer.identity',
    },
  ];

  async run() {
    return this.perform(ImageVerifyCommand, async ({ flags }, shell) => {
      const images = { verifyAlways: true, toolVersion: this.config.version };
      const result = await verifyImage(await openFor(shell, { ...flags, images }));
      return { document: result, text: (style) => formatImage(result, style) };
    });
  }
}
