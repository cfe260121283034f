import { string as text } from '@oclif/core/args';
import { boolean, string } from '@oclif/core/flags';
import { BaseCommand } from '../../base-command.js';
import { formatRender } from '../../format/config.js';
import { render } from '../../operations/config-render.js';
import { openFor } from '../../operations/open.js';

export default class ConfigRenderCommand extends BaseCommand {
  static override summary = 'Show the files that the provider generates from the config.';
  static override description = 'For reading, or for the tools of the platform. Sindri itself never reads them back.';
  static override examples = [
    { description: 'Show all', command: '<%= config.bin %> <%= command.id %>' },
    {
      description: 'Only one, into a file',
      command: '<%= config.bin %> <%= command.id %> compose.yaml > compose.yaml',
    },
    { description: 'Write them next to the config', command: '<%= config.bin %> <%= command.id %> --out-dir .' },
  ];
  static override args = {
    name: text({ ignoreStdin: true, description: 'Only this file.' }),
  };
  static override flags = {
    'out-dir': string({ summary: 'Write the files here instead of printing them.', helpValue: 'DIRECTORY' }),
    force: boolean({ char: 'f', summary: 'Replace files that exist.' }),
  };

  async run() {
    return this.perform(ConfigRenderCommand, async ({ args, flags }, shell) => {
      const environment = await openFor(shell, { ...flags, local: false });
      const result = await render(environment, shell, {
        name: args.name,
        outDir: flags['out-dir'],
        force: flags.force,
      });
      return { document: result, text: (style) => formatRender(result, style), verbatim: result.written.length === 0 };
    });
  }
}
