import { string as text } from '@oclif/core/args';
import { string } from '@oclif/core/flags';
import { BaseCommand } from '../base-command.js';
import { exitCodes } from '../exit-codes.js';
import { connectedInstanceFlag } from '../flags.js';
import { formatHold } from '../format/hold.js';
import { attach } from '../lazy.js';
import { nextCommand } from '../next-commands.js';
import { holdAwake, holdDuring, readHoldDuration } from '../operations/hold.js';
import { openFor } from '../operations/open.js';
import { runRemote } from '../operations/remote.js';
import { outputMode } from '../output-mode.js';

export default class HoldCommand extends BaseCommand {
  static override summary = 'Keep the environment awake while a job runs in it.';
  static override description =
    'Wakes a sleeping environment, and keeps it from going to sleep although nobody is connected: until the time is over, the command behind -- ' +
    'has ended, or Ctrl-C. When this computer fails, it ends by itself. Status shows it meanwhile, and every other command works as ever. ' +
    'With a command the exit status is that of the command.';
  static override usage = ['<%= command.id %> DURATION [--reason TEXT] [-- COMMAND]'];
  static override examples = [
    { description: 'For two hours', command: '<%= config.bin %> <%= command.id %> 2h' },
    {
      description: 'While a command runs, and for eight hours at most',
      command: '<%= config.bin %> <%= command.id %> 8h -- ./train.sh',
    },
    {
      description: 'With a word for others who look at the status',
      command: "<%= config.bin %> <%= command.id %> 30m --reason 'nightly import'",
    },
  ];
  static override args = {
    duration: text({ ignoreStdin: true, description: 'For how long at most: 30m, 2h, 1d.' }),
  };
  static override flags = {
    reason: string({ summary: 'What for, in a few words that others may read.', helpValue: 'TEXT' }),
    instance: connectedInstanceFlag,
  };

  async run() {
    const end = this.argv.indexOf('--');
    const own = end === -1 ? this.argv : this.argv.slice(0, end);
    const command = end === -1 ? [] : this.argv.slice(end + 1);
    return this.perform(
      HoldCommand,
      async ({ args, flags }, shell) => {
        const durationMs = readHoldDuration(args.duration);
        const environment = await openFor(shell, flags);
        const reason = flags.reason ?? (command[0] === undefined ? 'on request' : `running ${command[0]}`);
        const { instance } = flags;
        if (command.length === 0) {
          const result = await holdAwake(environment, shell, { durationMs, reason, instance });
          const exitCode = result.ended === 'released' ? exitCodes.interrupted : exitCodes.done;
          return { document: result, text: (style) => formatHold(result, style), exitCode };
        }
        const request = {
          command,
          instance,
          terminal: false,
          capture: outputMode(flags) !== 'text',
          next: (words: string) => nextCommand(words, flags),
        };
        return holdDuring(environment, shell, { durationMs, reason, instance }, () =>
          runRemote(environment, shell, request, attach().attachSession),
        );
      },
      { remote: command.length > 0, argv: own },
    );
  }
}
