import { boolean } from '@oclif/core/flags';
import { BaseCommand } from '../../base-command.js';
import { formatInstalledSchema } from '../../format/config.js';
import { configSchema } from '../../operations/config-schema.js';
import { installSchema } from '../../operations/installed-schema.js';

export default class ConfigSchemaCommand extends BaseCommand {
  static override summary = 'Print the JSON Schema of sindri.yaml, or install it for an editor.';
  static override description =
    'Knows the options of all installed providers. Editors with YAML support complete and check with it: --install saves it where the ' +
    'line "# yaml-language-server: $schema=…" of sindri.yaml points, and it follows the providers that are installed later.';
  static override examples = [
    {
      description: 'For the editor that has sindri.yaml open',
      command: '<%= config.bin %> <%= command.id %> --install',
    },
    { description: 'For another use', command: '<%= config.bin %> <%= command.id %> > sindri.schema.json' },
    {
      description: "Which providers' options does it include?",
      command: "<%= config.bin %> <%= command.id %> | jq '.properties.providers.properties | keys'",
    },
  ];
  static override flags = {
    install: boolean({
      summary: 'Save it where the schema line of sindri.yaml points; adds the line where there is none.',
    }),
  };

  async run() {
    return this.perform(ConfigSchemaCommand, async ({ flags }, shell) => {
      if (flags.install) {
        const result = await installSchema(shell, flags.config);
        return { document: result, text: (style) => formatInstalledSchema(result, style) };
      }
      const schema = await configSchema(shell);
      return { document: schema, text: () => JSON.stringify(schema, null, 2) };
    });
  }
}
