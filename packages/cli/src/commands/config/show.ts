import { BaseCommand } from '../../base-command.js';
import { formatYaml } from '../../format/yaml.js';
import { core } from '../../lazy.js';

export default class ConfigShowCommand extends BaseCommand {
  static override summary = 'Show the config as Sindri understands it.';
  static override description =
    'Variables are filled in, keys have one spelling, defaults are written out. Values of secrets are not in it.';
  static override examples = [
    { description: 'What will be used?', command: '<%= config.bin %> <%= command.id %>' },
    {
      description: 'One value',
      command: '<%= config.bin %> <%= command.id %> --json | jq -r .deployment.resources.memory',
    },
  ];

  async run() {
    return this.perform(ConfigShowCommand, async ({ flags }, shell) => {
      const source = { ...(flags.config === undefined ? {} : { path: flags.config }), cwd: shell.cwd };
      const { document } = await core().loadConfig(source, { env: shell.env, providers: shell.providers() });
      return { document, text: () => formatYaml(document) };
    });
  }
}
