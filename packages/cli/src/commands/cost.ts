import { integer } from '@oclif/core/flags';
import { BaseCommand } from '../base-command.js';
import { formatCostReport } from '../format/cost.js';
import { core } from '../lazy.js';
import { showCost } from '../operations/cost.js';
import { openFor } from '../operations/open.js';

export default class CostCommand extends BaseCommand {
  static override summary = 'Show what the environment costs, line by line.';
  static override description =
    'A month asleep, as expected, and always on, with how each line comes about and what the month has cost so far. What is expected ' +
    'rests on the hours that it is awake: measured where the platform tells enough of the past, else 8 on 22 days. Before a first deploy ' +
    'it is the bill of what a deploy would make. An estimate from a price list: the invoice is the truth.';
  static override examples = [
    { description: 'What does it cost?', command: '<%= config.bin %> <%= command.id %>' },
    { description: 'With 60 hours awake in a month', command: '<%= config.bin %> <%= command.id %> --hours 60' },
    {
      description: 'What the month has cost so far, for a script',
      command: '<%= config.bin %> <%= command.id %> --json | jq .soFar.spent',
    },
  ];
  static override flags = {
    hours: integer({
      summary: 'Hours awake in a month of 720, instead of those that are measured or assumed.',
      helpValue: 'N',
      min: 0,
      max: 720,
    }),
  };

  async run() {
    return this.perform(CostCommand, async ({ flags }, shell) => {
      const result = await showCost(await openFor(shell, flags), flags.hours);
      const old = core().oldPricesText(result, shell.now());
      return { document: result, text: (style) => formatCostReport(result, style, old) };
    });
  }
}
