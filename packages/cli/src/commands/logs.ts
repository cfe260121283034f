import { boolean, integer, string } from '@oclif/core/flags';
import { BaseCommand } from '../base-command.js';
import { exitCodes } from '../exit-codes.js';
import { instanceFlag } from '../flags.js';
import { readSince } from '../operations/duration.js';
import { showLogs } from '../operations/logs.js';
import { openFor } from '../operations/open.js';
import { watchNeedsLines } from '../operations/watch-flags.js';

export default class LogsCommand extends BaseCommand {
  static override summary = 'Show what the environment wrote.';
  static override description = 'Oldest line first. With --follow it waits for new lines until Ctrl-C.';
  static override examples = [
    { description: 'The newest 100 lines', command: '<%= config.bin %> <%= command.id %>' },
    {
      description: 'The last ten minutes, then follow',
      command: '<%= config.bin %> <%= command.id %> --since 10m --follow',
    },
    { description: 'As JSON lines', command: '<%= config.bin %> <%= command.id %> -f --output ndjson' },
  ];
  static override flags = {
    follow: boolean({ char: 'f', summary: 'Wait for new lines.' }),
    tail: integer({ char: 'n', summary: 'At most N of the newest lines. Default: 100.', helpValue: 'N', min: 0 }),
    instance: instanceFlag('all'),
    since: string({ summary: 'Only lines after this: 10m, 2h, or 2026-03-01T12:00:00Z.', helpValue: 'TIME' }),
  };

  async run() {
    return this.perform(LogsCommand, async ({ flags }, shell) => {
      if (flags.follow) watchNeedsLines(flags, '--follow');
      const sinceMs = readSince(flags.since, shell.now());
      const environment = await openFor(shell, flags);
      const tail = flags.tail ?? (sinceMs === undefined ? 100 : undefined);
      const result = await showLogs(
        environment,
        shell,
        {
          follow: flags.follow,
          ...(tail === undefined ? {} : { tail }),
          ...(sinceMs === undefined ? {} : { sinceMs }),
          ...(flags.instance === undefined ? {} : { instance: flags.instance }),
        },
        { collect: !flags.follow },
      );
      if (shell.signal.aborted) return { streamed: true, exitCode: exitCodes.interrupted };
      return { document: result, text: () => '' };
    });
  }
}
