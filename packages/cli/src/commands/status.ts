import type { Capability } from '@sindri/core';
import { boolean } from '@oclif/core/flags';
import { BaseCommand } from '../base-command.js';
import { noteSeen } from '../completion/seen-names.js';
import { exitCodes } from '../exit-codes.js';
import { lookIntervalFlag } from '../flags.js';
import { formatStatus } from '../format/status.js';
import { nextCommand } from '../next-commands.js';
import { openFor, stateDirFor } from '../operations/open.js';
import { statusResult, watchStatus } from '../operations/status.js';
import { spellOutWatch, watchNeedsLines } from '../operations/watch-flags.js';

export default class StatusCommand extends BaseCommand {
  static override summary = 'Show what is there: state, addresses, size, cost.';
  static override description =
    'With --watch it looks again and again: on a terminal the status stays where it is and changes in place until Ctrl-C, elsewhere it is printed when it is another one, with --output ndjson as one document each time.';
  static override examples = [
    { description: 'Look once', command: '<%= config.bin %> <%= command.id %>' },
    { description: 'Keep looking, every 10 seconds', command: '<%= config.bin %> <%= command.id %> --watch 10' },
    {
      description: 'The state for a script',
      command: '<%= config.bin %> <%= command.id %> --json | jq -r .state',
    },
  ];
  static override flags = {
    watch: boolean({ char: 'w', summary: 'Keep looking; --watch 10 looks every 10 seconds.' }),
    interval: lookIntervalFlag({
      summary: 'Time between two looks with --watch. Default: 5 s.',
      dependsOn: ['watch'],
    }),
  };

  async run() {
    return this.perform(
      StatusCommand,
      async ({ flags }, shell) => {
        if (flags.watch) watchNeedsLines(flags);
        const environment = await openFor(shell, flags);
        const next = (words: string) => nextCommand(words, flags);
        const has = (capability: Capability): boolean => environment.provider.capabilities.includes(capability);
        const commands = {
          deploy: next('deploy'),
          destroy: next('destroy'),
          ...(has('logs') ? { logs: next('logs') } : {}),
          ...(has('cost') ? { cost: next('cost') } : {}),
          ...(has('secrets') ? { protect: next('secrets protect') } : {}),
        };
        if (flags.watch) {
          await watchStatus(environment, shell, { intervalMs: flags.interval ?? 5000, commands });
          return { streamed: true, exitCode: exitCodes.interrupted };
        }
        const summary = await environment.status();
        await noteSeen(stateDirFor(shell, flags), environment.spec, { summary });
        return {
          document: statusResult(summary),
          text: (style) => formatStatus(summary, style, shell.now(), commands),
        };
      },
      { argv: spellOutWatch(this.argv) },
    );
  }
}
