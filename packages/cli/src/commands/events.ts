import { integer, string } from '@oclif/core/flags';
import { BaseCommand } from '../base-command.js';
import { instanceFlag } from '../flags.js';
import { formatEvents } from '../format/events.js';
import { nextCommand } from '../next-commands.js';
import { readSince } from '../operations/duration.js';
import { listEvents } from '../operations/events.js';
import { openFor } from '../operations/open.js';

export default class EventsCommand extends BaseCommand {
  static override summary = 'Show what happened to the environment, newest last.';
  static override description =
    'Started by a connection, stopped because nobody was connected, out of memory, updated: as far as the platform remembers. Does not ' +
    'wake a sleeping environment.';
  static override examples = [
    { description: 'All that is known', command: '<%= config.bin %> <%= command.id %>' },
    { description: 'The last two hours', command: '<%= config.bin %> <%= command.id %> --since 2h' },
    {
      description: 'When was it out of memory?',
      command:
        '<%= config.bin %> <%= command.id %> --json | jq -r \'.events[] | select(.kind == "out-of-memory") | .at\'',
    },
  ];
  static override flags = {
    since: string({ summary: 'Only events after this: 10m, 2h, or 2026-03-01T12:00:00Z.', helpValue: 'TIME' }),
    tail: integer({ char: 'n', summary: 'At most N of the newest events. Default: all.', helpValue: 'N', min: 0 }),
    instance: instanceFlag('all'),
  };

  async run() {
    return this.perform(EventsCommand, async ({ flags }, shell) => {
      const { since, tail, instance } = flags;
      const sinceMs = readSince(since, shell.now());
      const environment = await openFor(shell, flags);
      const result = await listEvents(environment, { sinceMs, tail, instance });
      const isPart = [since, tail, instance].some((part) => part !== undefined);
      const next = (words: string) => nextCommand(words, flags);
      return { document: result, text: (style) => formatEvents(result, style, { isPart, next }) };
    });
  }
}
