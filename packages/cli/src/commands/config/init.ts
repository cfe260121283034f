import { boolean, string } from '@oclif/core/flags';
import { BaseCommand } from '../../base-command.js';
import { formatInit } from '../../format/config.js';
import { initConfig } from '../../operations/config-init.js';
import { sourceCalled } from '../../operations/open.js';

export default class ConfigInitCommand extends BaseCommand {
  static override summary = 'Write a first sindri.yaml.';
  static override description =
    'Writes a small, commented file that validates. It never replaces a file unless --force is given.';
  static override examples = [
    { description: 'Here, named like this directory', command: '<%= config.bin %> <%= command.id %>' },
    {
      description: 'With a name and a profile',
      command: '<%= config.bin %> <%= command.id %> --name my-project --profile fullstack',
    },
    { description: 'Somewhere else', command: '<%= config.bin %> <%= command.id %> -c infra/sindri.yaml' },
  ];
  static override flags = {
    name: string({
      char: 'n',
      helpValue: 'NAME',
      summary: 'Name of the environment. Default: the name of this directory.',
    }),
    provider: string({
      char: 'p',
      helpValue: 'PROVIDER',
      summary: 'Where it runs. Default: the first installed provider.',
    }),
    profile: string({ helpValue: 'PROFILE', summary: 'Which set of extensions to install: minimal, fullstack, …' }),
    force: boolean({ char: 'f', summary: 'Replace the file when it exists.' }),
  };

  async run() {
    return this.perform(ConfigInitCommand, async ({ flags }, shell) => {
      const { config: file, name, provider, profile, force } = flags;
      const result = await initConfig(shell, { file, name, provider, profile, force });
      const local = sourceCalled(shell, result.provider)?.local !== undefined;
      return { document: result, text: (style) => formatInit(result, local, style, file) };
    });
  }
}
