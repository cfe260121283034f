import { boolean } from '@oclif/core/flags';
import { BaseCommand } from '../base-command.js';
import { connectedInstanceFlag, methodFlag } from '../flags.js';
import { attach } from '../lazy.js';
import { nextCommand } from '../next-commands.js';
import { openFor } from '../operations/open.js';
import { runRemote, runThroughApi } from '../operations/remote.js';
import { ownWords, requireCommand, splitCommand } from '../operations/split-command.js';
import { outputMode } from '../output-mode.js';

export default class ExecCommand extends BaseCommand {
  static override summary = 'Run a command on the environment.';
  static override description =
    'Wakes a sleeping environment. stdin, stdout and stderr pass through; the exit status is that of the command, 255 when the connection broke. ' +
    'One word after -- is a line for the remote shell; several are a program and its arguments, which arrive as they were given. ' +
    "--method api goes through the platform's API: it needs no SSH, takes no stdin and returns a bounded output.";
  static override usage = ['<%= command.id %> [--method METHOD] -- COMMAND'];
  static override examples = [
    { description: 'A program and its arguments', command: '<%= config.bin %> <%= command.id %> -- ls -la workspace' },
    {
      description: 'A line for the remote shell',
      command: "<%= config.bin %> <%= command.id %> -- 'cd app && npm test | tail'",
    },
    { description: 'Send a file', command: "<%= config.bin %> <%= command.id %> -- 'cat > notes.txt' < notes.txt" },
    { description: 'Status and output as JSON', command: '<%= config.bin %> <%= command.id %> --json -- uname -a' },
  ];
  static override strict = false;
  static override flags = {
    method: methodFlag,
    instance: connectedInstanceFlag,
    tty: boolean({ char: 't', summary: 'Give the command a terminal.' }),
  };

  async run() {
    const { flags, baseFlags } = ExecCommand;
    const split = splitCommand(this.argv, { ...flags, ...baseFlags });
    const { command } = split;
    return this.perform(
      { flags, baseFlags },
      async ({ flags }, shell) => {
        const capture = outputMode(flags) !== 'text';
        requireCommand(split, 'exec');
        const environment = await openFor(shell, flags);
        const next = (words: string) => nextCommand(words, flags);
        const { method, instance, tty: terminal } = flags;
        const request = { command, method, instance, terminal, capture, next };
        if (flags.method === 'api') return runThroughApi(environment, shell, request);
        return runRemote(environment, shell, request, attach().attachSession);
      },
      { remote: true, argv: ownWords(split) },
    );
  }
}
