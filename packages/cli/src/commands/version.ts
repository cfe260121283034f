import { BaseCommand } from '../base-command.js';
import { versionResult } from '../operations/version.js';

export default class VersionCommand extends BaseCommand {
  static override summary = 'Show the versions of Sindri, of Node and of the plugins.';
  static override description = 'sindri --version prints the first line alone, and does so without loading anything.';
  static override examples = [
    { description: 'The version', command: '<%= config.bin %> <%= command.id %>' },
    { description: 'With all plugins, for a bug report', command: '<%= config.bin %> <%= command.id %> --json' },
  ];

  async run() {
    return this.perform(VersionCommand, async () => {
      return { document: versionResult(this.config), text: () => this.config.userAgent };
    });
  }
}
