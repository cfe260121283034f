import path from 'node:path';
import { string } from '@oclif/core/args';
import { boolean, string as stringFlag } from '@oclif/core/flags';
import { BaseCommand } from '../../base-command.js';
import { formatNewProvider } from '../../format/provider.js';
import { newProvider } from '../../operations/provider-new.js';

export default class ProviderNewCommand extends BaseCommand {
  static override summary = 'Write the package of a new provider.';
  static override description =
    'Writes an npm package with a small provider that works, its options, its declaration, the conformance kit as its test, and a ' +
    'workflow for GitHub. It has the required members only; the report names the capabilities that are missing. Nothing is ever ' +
    'written over: the directory must not exist, or be empty.';
  static override examples = [
    { description: 'In TypeScript', command: '<%= config.bin %> <%= command.id %> my-cloud' },
    {
      description: 'In plain JavaScript, without a build, somewhere else',
      command: '<%= config.bin %> <%= command.id %> my-cloud --javascript --dir plugins/my-cloud',
    },
  ];
  static override args = {
    name: string({
      required: true,
      ignoreStdin: true,
      description: 'The name of the provider, as deployment.provider will say it.',
    }),
  };

  static override flags = {
    typescript: boolean({ summary: 'Write TypeScript. This is the default.', exclusive: ['javascript'] }),
    javascript: boolean({ summary: 'Write JavaScript, which needs no build.', exclusive: ['typescript'] }),
    dir: stringFlag({ helpValue: 'DIRECTORY', summary: 'Where to write. Default: sindri-provider-<name> here.' }),
  };

  async run() {
    return this.perform(ProviderNewCommand, async ({ args, flags }, shell) => {
      const result = await newProvider(shell, {
        name: args.name,
        language: flags.javascript ? 'javascript' : 'typescript',
        ...(flags.dir === undefined ? {} : { directory: flags.dir }),
        templates: path.join(this.config.root, 'templates/provider'),
        version: this.config.version,
      });
      return { document: result, text: (style) => formatNewProvider(result, style) };
    });
  }
}
