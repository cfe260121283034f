import { BaseCommand } from '../../base-command.js';
import { configSchema } from '../../operations/config-schema.js';

export default class ConfigSchemaCommand extends BaseCommand {
  static override summary = 'Print the JSON Schema of sindri.yaml.';
  static override description =
    'Knows the options of all installed providers. Editors with YAML support complete and check with it.';
  static override examples = [
    { description: 'For an editor', command: '<%= config.bin %> <%= command.id %> > sindri.schema.json' },
    {
      description: "Which providers' options does it include?",
      command: "<%= config.bin %> <%= command.id %> | jq '.properties.providers.properties | keys'",
    },
  ];

  async run() {
    return this.perform(ConfigSchemaCommand, async (_call, shell) => {
      const schema = await configSchema(shell);
      return { document: schema, text: () => JSON.stringify(schema, null, 2) };
    });
  }
}
