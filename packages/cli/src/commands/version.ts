import { BaseCommand } from '../base-command.js';
import { formatVersion } from '../format/version.js';
import { versionResult } from '../operations/version.js';

export default class VersionCommand extends BaseCommand {
  static override summary = 'Show the versions of Sindri, of Node and of the plugins.';
  static override description = 'sindri --version prints the first line alone, and does so without loading anything.';
  static override examples = [
    { description: 'The version', command: '<%= config.bin %> <%= command.id %>' },
    { description: 'As JSON, for a bug report', command: '<%= config.bin %> <%= command.id %> --json' },
  ];

  async run() {
    return this.perform(VersionCommand, async () => {
      const versions = versionResult(this.config);
      return { document: versions, text: () => formatVersion(versions, this.config.userAgent) };
    });
  }
}
