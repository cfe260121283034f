import { string as text } from '@oclif/core/args';
import { boolean, string } from '@oclif/core/flags';
import { BaseCommand } from '../base-command.js';
import { formatImport } from '../format/import.js';
import { nextCommand } from '../next-commands.js';
import { importEnvironment } from '../operations/import.js';

export default class ImportCommand extends BaseCommand {
  static override summary = 'Write a sindri.yaml for what runs already, or for a fly.toml.';
  static override description =
    'Reads an app at the provider, or a file such as fly.toml, and writes the config whose deploy changes the least about it. ' +
    'Lists what a config cannot say. Changes nothing at the provider, and reads no value of a secret.';
  static override examples = [
    { description: 'An app that runs on Fly.io', command: '<%= config.bin %> <%= command.id %> my-app' },
    { description: 'A fly.toml', command: '<%= config.bin %> <%= command.id %> ./fly.toml' },
    {
      description: 'Into another file, with another name',
      command: '<%= config.bin %> <%= command.id %> ./fly.toml -c team/sindri.yaml --name team',
    },
  ];
  static override args = {
    source: text({
      ignoreStdin: true,
      required: true,
      description: 'What the provider calls it (an app), or the path of a file that the provider reads.',
    }),
  };
  static override flags = {
    name: string({ char: 'n', summary: 'Name of the environment. Default: that of the app or the file.' }),
    provider: string({ char: 'p', summary: 'Where it runs, when several installed providers could tell.' }),
    force: boolean({ char: 'f', summary: 'Replace the file when it exists.' }),
  };

  async run() {
    return this.perform(ImportCommand, async ({ args, flags }, shell) => {
      const { config: file, name, provider, force, local } = flags;
      const result = await importEnvironment(shell, { source: args.source, file, name, provider, force, local });
      const next = (words: string) => nextCommand(words, flags);
      return { document: result, text: (style) => formatImport(result, style, next) };
    });
  }
}
