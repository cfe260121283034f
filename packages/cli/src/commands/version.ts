import { BaseCommand } from '../base-command.js';

export default class VersionCommand extends BaseCommand {
  static override summary = 'Show the versions of Sindri, of Node and of the plugins.';
  static override description = 'sindri --version prints the first line alone, and does so without loading anything.';
  static override examples = [
    { description: 'The version', command: '<%= config.bin %> <%= command.id %>' },
    { description: 'With all plugins, for a bug report', command: '<%= config.bin %> <%= command.id %> --json' },
  ];

  async run() {
    return this.perform(VersionCommand, async () => {
      const { config } = this;
      const plugins = [...config.plugins.values()].map(({ name, version, type }) => ({ name, version, type }));
      const document = {
        schema: 'sindri.version/1',
        version: config.version,
        node: process.version,
        platform: `${config.platform}-${config.arch}`,
        plugins,
      };
      return { document, text: () => config.userAgent };
    });
  }
}
