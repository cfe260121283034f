import path from 'node:path';
import { string as text } from '@oclif/core/args';
import { BaseCommand } from '../base-command.js';
import { completionScript, type CompletionResult } from '../completion/scripts.js';
import { shells } from '../completion/words.js';
import { quoteWord } from '../operations/shell-words.js';
import { typedName } from '../typed-name.js';

export default class CompletionCommand extends BaseCommand {
  static override summary = 'Print what your shell needs to complete commands, options and their values.';
  static override description =
    'Values are looked up on this computer alone: connection methods, providers, sizes, and the instances, volumes and snapshots that ' +
    'status and volume snapshots have seen last.\n\nThe lines below go into what your shell reads at its start; open a new shell afterwards.';
  static override examples = [
    { description: 'bash', command: `echo 'eval "$(<%= config.bin %> completion bash)"' >> ~/.bashrc` },
    { description: 'zsh', command: `echo 'eval "$(<%= config.bin %> completion zsh)"' >> ~/.zshrc` },
    {
      description: 'fish',
      command: '<%= config.bin %> completion fish > ~/.config/fish/completions/sindri.fish',
    },
    { description: 'only look at it', command: '<%= config.bin %> completion bash' },
  ];
  static override args = {
    shell: text({ ignoreStdin: true, required: true, options: [...shells], description: 'Your shell.' }),
  };

  async run() {
    return this.perform(CompletionCommand, async ({ args }, shell) => {
      const name = args.shell as (typeof shells)[number];
      const script = completionScript(name, programFor(shell));
      const document: CompletionResult = { schema: 'sindri.completion/1', shell: name, script };
      return { document, text: () => script.trimEnd(), verbatim: true };
    });
  }
}

/** How a shell starts this program from any folder. */
function programFor({ env, cwd }: { env: Readonly<Record<string, string | undefined>>; cwd: string }): string {
  const script = process.argv[1];
  const typed = typedName({ script, env, cwd });
  const isPath = typed !== 'sindri' && !typed.startsWith('npx ');
  return isPath ? quoteWord(path.resolve(cwd, env['SINDRI_TYPED'] || (script as string))) : typed;
}
