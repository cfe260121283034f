import { boolean } from '@oclif/core/flags';
import { BaseCommand } from '../base-command.js';
import { connectedInstanceFlag, methodFlag } from '../flags.js';
import { attach, sessionTerminal } from '../lazy.js';
import { nextCommand } from '../next-commands.js';
import { agentToForward } from '../operations/agent-session.js';
import { openFor } from '../operations/open.js';
import { runRemote } from '../operations/remote.js';
import { ownWords, requireCommand, requirePlace, splitCommand } from '../operations/split-command.js';
import { outputMode } from '../output-mode.js';

export default class ConnectCommand extends BaseCommand {
  static override summary = 'Open a shell on the environment, or run a command there.';
  static override description =
    'Wakes a sleeping environment; where nothing is deployed, a terminal is asked whether to. When the environment goes to sleep ' +
    'under a shell, is stopped or replaced, or the connection breaks, Enter opens a new shell on it. The exit status is that of the remote shell; 255 when the connection broke. ' +
    'Host keys are known beforehand, so it never asks whether to trust one. At the start of a line, ~. disconnects, ~^Z goes back to the ' +
    'shell on this computer until fg, and ~? explains.';
  static override usage = ['<%= command.id %> [--method METHOD] [-- COMMAND]'];
  static override examples = [
    { description: 'A shell', command: '<%= config.bin %> <%= command.id %>' },
    { description: 'A program that needs a terminal', command: '<%= config.bin %> <%= command.id %> --tty -- htop' },
    { description: 'With your SSH agent, for git push inside', command: '<%= config.bin %> <%= command.id %> -A' },
    { description: 'A script through a pipe', command: '<%= config.bin %> <%= command.id %> < setup.sh' },
  ];
  static override strict = false;
  static override flags = {
    method: methodFlag,
    instance: connectedInstanceFlag,
    'forward-agent': boolean({
      char: 'A',
      summary:
        'Forward your SSH agent: git and ssh inside can use its keys while you are connected, and so can root there.',
    }),
    tty: boolean({ char: 't', summary: 'Give the command a terminal.' }),
  };

  async run() {
    const { flags, baseFlags } = ConnectCommand;
    const split = splitCommand(this.argv, { ...flags, ...baseFlags });
    const { command } = split;
    return this.perform(
      { flags, baseFlags },
      async ({ flags }, shell) => {
        const capture = outputMode(flags) !== 'text';
        if (capture) requireCommand(split, 'connect --json');
        else requirePlace(split, 'connect');
        const forwardAgent = flags['forward-agent'] ? await agentToForward(shell) : undefined;
        const environment = await openFor(shell, flags);
        const next = (words: string) => nextCommand(words, flags);
        const { method, instance, tty: terminal, local } = flags;
        const request = {
          command,
          method,
          instance,
          via: 'connect',
          terminal,
          capture,
          forwardAgent,
          local,
          offersDeploy: true,
          next,
        } as const;
        return runRemote(environment, shell, request, attach().attachSession, sessionTerminal().sessionTerminal(shell));
      },
      { remote: true, argv: ownWords(split) },
    );
  }
}
