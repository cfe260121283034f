import { Command } from '@oclif/core/command';
import type { CommandTable } from '../completion/expected.js';
import { shells, type ShellName } from '../completion/words.js';
import { core } from '../lazy.js';
import { installedProviders } from '../provider-loader.js';

/** What the scripts of `completion` ask at every Tab: quick, quiet, and without a request. Whatever goes wrong, there are no candidates. */
export default class CompleteCommand extends Command {
  static override summary = 'Answer the completion of a shell.';
  static override hidden = true;
  static override strict = false;

  async run() {
    const [shell, , ...words] = this.argv;
    if (!shells.includes(shell as ShellName)) return;
    const { answerCompletion } = require('../completion/answer.js') as typeof import('../completion/answer.js');
    const { valuesFor } = require('../completion/values.js') as typeof import('../completion/values.js');
    const { config } = this;
    const answer = await answerCompletion(
      shell as ShellName,
      words,
      { commands: config.commands, topics: config.topics } as unknown as CommandTable,
      (value) =>
        valuesFor(value, {
          providers: core().createProviderRegistry(installedProviders(config)),
          plugins: [...config.plugins.values()].flatMap(({ type, name }) => (type === 'core' ? [] : [name])),
          cwd: process.cwd(),
          env: process.env,
        }),
    ).catch(() => 'words\n');
    process.stdout.write(answer);
  }
}
